/**
 * Draws rows in proportion to their weights, a heavy row several times: every place in the bag then counts the same, so that
 * sums and quantiles over the bag need no weights.
 */
export class Bag {
  readonly rows: Int32Array;
  readonly #expected: Float32Array;

  /** `size` is the expected number of places; 5 % more can be held, what is beyond that is left out. */
  constructor(weights: Float32Array, size: number) {
    let total = 0;
    for (const weight of weights) total += weight;
    this.#expected = weights.map((weight) => (weight * size) / total);
    this.rows = new Int32Array(Math.ceil(size * 1.05) + 16);
  }

  /**
   * Fills `rows` anew, ascending; returns how many places are filled. Most rows are drawn once or not at all: each is written where the
   * next would be and counted, for a branch on its luck would be guessed wrong at every second row.
   */
  draw(uniform: () => number): number {
    const { rows } = this;
    const expected = this.#expected;
    let count = 0;
    for (let row = 0; row < expected.length; row++) {
      const times = Math.trunc((expected[row] as number) + uniform());
      if (count + times >= rows.length) break;
      rows[count] = row;
      for (let time = 1; time < times; time++) rows[count + time] = row;
      count += times;
    }
    return count;
  }
}

/** A random part of the features, ascending, at least one. */
export function drawFeatures(features: number, share: number, uniform: () => number): Int32Array {
  const chosen: number[] = [];
  for (let feature = 0; feature < features; feature++) if (uniform() < share) chosen.push(feature);
  return Int32Array.from(chosen.length > 0 ? chosen : [Math.floor(uniform() * features)]);
}
