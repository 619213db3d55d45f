export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/**
 * Quantiles by the nearest rank. What never arrived (null) counts as the slowest of all: a quantile that falls on it is
 * null, for no number would be true.
 */
export function quantilesOf(
  latencies: readonly (number | null)[],
): Readonly<Record<keyof Quantiles, number | null>> {
  const sorted = [...latencies].sort((a, b) => (a ?? Infinity) - (b ?? Infinity));
  const at = (share: number): number | null => sorted[Math.ceil(sorted.length * share) - 1] ?? null;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/** The median of the last third over that of the first: near 1 where nothing piles up. Null where one of them is not known. */
export function growthOf(latencies: readonly (number | null)[]): number | null {
  const third = Math.floor(latencies.length / 3);
  const first = quantilesOf(latencies.slice(0, third)).p50;
  const last = quantilesOf(latencies.slice(-third)).p50;
  return first === null || last === null || first <= 0 ? null : last / first;
}
