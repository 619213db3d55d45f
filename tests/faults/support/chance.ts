import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** The seed of a run: FAULTS_SEED replays an earlier one, else a new one. Print it. */
export const SEED = Number(process.env['FAULTS_SEED'] ?? Date.now() % 1_000_000_007);

/** Whole numbers from `min` to `max`, both included, in an order that the seed fixes. */
export function chance(seed: number): (min: number, max: number) => number {
  const generator = xoroshiro128plus(seed);
  return (min, max) => uniformInt(generator, min, max);
}
