import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A seeded source of chance. The same seed and the same calls give the same numbers on every machine. `fork` gives an independent
 * stream by name, so that one part of the simulation that draws more or less does not change what another part draws.
 */
export class Random {
  readonly #seed: string;
  readonly #generator;
  #spare_normal: number | null = null;

  constructor(seed: string) {
    this.#seed = seed;
    this.#generator = xoroshiro128plus(hash32(seed));
  }

  /** An independent stream, the same for the same seed and name. */
  fork(name: string): Random {
    return new Random(`${this.#seed}/${name}`);
  }

  /** Uniform in [0, 1). */
  float(): number {
    return uniformFloat64(this.#generator);
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.float();
  }

  /** A whole number, uniform in [low, high]. */
  int(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.float());
  }

  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    const one = list[this.int(0, list.length - 1)];
    if (one === undefined) throw new RangeError('cannot pick from an empty list');
    return one;
  }

  /** One of a list, each with the probability of its weight's share. */
  weighted<T>(list: readonly T[], weightOf: (item: T) => number): T {
    let left = this.float() * list.reduce((sum, item) => sum + weightOf(item), 0);
    for (const item of list) {
      left -= weightOf(item);
      if (left < 0) return item;
    }
    return this.pick(list);
  }

  /** Standard normal (polar method, G. Marsaglia 1964). */
  normal(): number {
    if (this.#spare_normal !== null) {
      const spare = this.#spare_normal;
      this.#spare_normal = null;
      return spare;
    }
    for (;;) {
      const u = 2 * this.float() - 1;
      const v = 2 * this.float() - 1;
      const square = u * u + v * v;
      if (square > 0 && square < 1) {
        const scale = Math.sqrt((-2 * Math.log(square)) / square);
        this.#spare_normal = v * scale;
        return u * scale;
      }
    }
  }

  /** Log-normal with the given mean and the standard deviation `sigma` of its logarithm. */
  logNormal(mean: number, sigma: number): number {
    return mean * Math.exp(sigma * this.normal() - (sigma * sigma) / 2);
  }

  /** A Poisson count (multiplication method, D. Knuth; above 60 the normal approximation). */
  poisson(mean: number): number {
    if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.float(); product > limit; product *= this.float()) count++;
    return count;
  }
}

/** FNV-1a of the text's UTF-16 units with a final mix, so that seeds that differ in one letter start far apart. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
