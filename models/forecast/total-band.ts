import { demandQuantile } from '../replenishment/demand-sum.ts';

/** A total over series of one bucket: its mean, and sums over the series' deviations, (p90 − p50) ÷ 1.2816. Units. */
export interface SeriesTotal {
  readonly mean: number;
  /** Sum of the squared deviations. */
  readonly squares: number;
  /** Sum of the deviations. */
  readonly deviations: number;
}

/**
 * Correlation of the errors of two series in one bucket. Zero would make the band of a total of thousands vanish, as if no day
 * were ever bad for all of them.
 */
const ERROR_CORRELATION = 0.05;

/** Quantile of the total at `level` ∈ (0, 1): never a sum of the series' quantiles, which would be far too wide. */
export function totalQuantile({ mean, squares, deviations }: SeriesTotal, level: number): number {
  const deviation = Math.sqrt((1 - ERROR_CORRELATION) * squares + ERROR_CORRELATION * deviations ** 2);
  return demandQuantile({ mean, deviation }, level);
}
