import type { TrainingRows } from './boost-mean.ts';

/** Factor of each quantile's distance to the median, in the order of the levels. */
export type Widening = readonly number[];

/** Nothing is widened. */
export const ALONE: Widening = [1, 1, 1, 1];

/** Share (in logarithms) of the widening that is made: the means beside it knew less time than the final one does. */
const WIDENING_SHARE = 0.5;
const WIDENING_MAX = 4;

export interface Folds {
  readonly count: number;
  /** Fold of each row. */
  readonly of: ArrayLike<number>;
}

/**
 * Means of all rows, each by a model that was fitted without the rows of its fold. `fit` gets rows of which those of the fold weigh
 * nothing, and returns the means of all.
 */
export function outOfFold(
  { count, of }: Folds,
  rows: TrainingRows,
  fit: (rows: TrainingRows, fold: number) => Float32Array,
): Float32Array {
  const means = new Float32Array(rows.target.length);
  for (let fold = 0; fold < count; fold++) {
    const weight = rows.weight.map((one, row) => (of[row] === fold ? 0 : one));
    // With nothing beside it a fold has only itself to learn from.
    const all = fit(weight.some((one) => one > 0) ? { ...rows, weight } : rows, fold);
    for (let row = 0; row < means.length; row++) if (of[row] === fold) means[row] = all[row] as number;
  }
  return means;
}

/**
 * How much wider quantiles have to be around means of rows that were not learned from than around those that were: quantiles are learned
 * on errors of means which have seen these very rows, and of a small panel these are too small. For p10, p90 and p95 the quotient of the
 * scores' quantiles (cross-conformal; Vovk 2015), at least 1; the median stays. `ratios` are the quantiles ÷ mean, head-major.
 */
export function widening(
  target: Float32Array,
  ratios: Float32Array,
  seen: Float32Array,
  unseen: Float32Array,
  levels: readonly number[],
): Widening {
  const rows = target.length;
  const median = levels.indexOf(0.5);
  return levels.map((level, head) => {
    if (head === median || rows === 0) return 1;
    const sign = level < 0.5 ? -1 : 1;
    const scoreAt = (means: Float32Array): number => {
      const scores = new Float64Array(rows);
      for (let row = 0; row < rows; row++) {
        const mean = means[row] as number;
        const middle = (ratios[median * rows + row] as number) * mean;
        const spread = sign * ((ratios[head * rows + row] as number) * mean - middle);
        const beyond = sign * ((target[row] as number) - middle);
        scores[row] = spread > 1e-9 ? beyond / spread : beyond > 1e-9 ? Infinity : -Infinity;
      }
      scores.sort();
      return scores[Math.floor(Math.max(level, 1 - level) * (rows - 1))] as number;
    };
    const [within, beyond] = [scoreAt(seen), scoreAt(unseen)];
    const factor = within > 0 && Number.isFinite(within) ? beyond / within : 1;
    return Math.max(1, Math.min(WIDENING_MAX, factor || 1)) ** WIDENING_SHARE;
  });
}
