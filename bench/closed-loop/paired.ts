/** A mean over seeds with its 95 % confidence interval (Student's t): mean ± half_width. */
export interface Interval {
  readonly mean: number;
  /** Null for a single value. */
  readonly half_width: number | null;
}

/** 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom; beyond them the normal's 1.96 is 2 % too small. */
const T975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] as const;

/** @throws RangeError without a value */
export function intervalOf(values: readonly number[]): Interval {
  const n = values.length;
  if (n === 0) throw new RangeError('no value');
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, half_width: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, half_width: (T975[n - 2] ?? 1.96) * Math.sqrt(variance / n) };
}

/** The ratios of two policies seed by seed: both saw the same demand, so what differs between seeds drops out. */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): Interval {
  return intervalOf(ours.map((value, seed) => value / (theirs[seed] as number)));
}
