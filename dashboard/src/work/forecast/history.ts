import type { SeriesRow } from '../../../server/forecasts/series-rows.ts';

/** What a forecast saw, beside what it says: so much before its origin as it looks ahead. */
export interface History {
  /** The buckets before the origin, in the order of time. */
  readonly rows: readonly SeriesRow[];
  /** Mean demand of a bucket before the origin; null = none is known. */
  readonly mean_before: number | null;
  /** Mean demand of a bucket as it is forecast. */
  readonly mean_ahead: number;
}

/** @param rows of a series in the order of time; undefined where nothing is forecast */
export function historyOf(rows: readonly SeriesRow[]): History | undefined {
  const ahead = rows.flatMap(({ mean }) => mean ?? []);
  const first = rows.findIndex(({ mean }) => mean !== null);
  if (first < 0) return undefined;
  const before = rows.slice(Math.max(0, first - ahead.length), first);
  const known = before.flatMap(({ actual }) => actual ?? []);
  return {
    rows: before,
    mean_before: known.length === 0 ? null : meanOf(known),
    mean_ahead: meanOf(ahead),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
