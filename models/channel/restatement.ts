/** One bucket of a figure's series as it is stored. */
export interface SeriesPoint {
  readonly bucket_start: string;
  readonly value: number | null;
  /** Since when this value stands, RFC 3339. */
  readonly since: string;
  /** When late data last changed it after it had been closed; null = never. */
  readonly restated_at: string | null;
  /** The value before that. */
  readonly value_before: number | null;
}

export interface RestatementRule {
  /** Values of buckets that ended at or before it count as closed, RFC 3339. */
  readonly closed_before: string;
  /** So long a value must have stood for its change to be a restatement, ms: a load of history restates nothing. */
  readonly stood_ms: number;
}

/** Relative difference below which two values are the same figure summed in another order. */
const SAME = 1e-9;

/**
 * The new points of a series where they differ from the stored ones. A closed bucket whose value had stood for
 * `stood_ms` is restated: the point keeps the value before and the time of the change.
 * @param fresh bucket_start → value
 * @param now RFC 3339 UTC with milliseconds, like all instants here, so that they compare as text.
 */
export function changedPoints(
  stored: ReadonlyMap<string, SeriesPoint>,
  fresh: ReadonlyMap<string, number | null>,
  now: string,
  rule: RestatementRule,
): SeriesPoint[] {
  const stood_since = new Date(Date.parse(now) - rule.stood_ms).toISOString();
  return [...fresh].flatMap(([bucket_start, value]): SeriesPoint[] => {
    const old = stored.get(bucket_start);
    if (old === undefined)
      return [{ bucket_start, value, since: now, restated_at: null, value_before: null }];
    if (isSame(old.value, value)) return [];
    const is_restated = bucket_start < rule.closed_before && old.since <= stood_since;
    return [
      is_restated
        ? { bucket_start, value, since: now, restated_at: now, value_before: old.value }
        : { bucket_start, value, since: now, restated_at: old.restated_at, value_before: old.value_before },
    ];
  });
}

/** Of the buckets that were restated at or after `since` the one nearest to now. */
export function lastRestatement(points: Iterable<SeriesPoint>, since: string): SeriesPoint | undefined {
  return [...points]
    .filter(({ restated_at }) => restated_at !== null && restated_at >= since)
    .reduce<SeriesPoint | undefined>(
      (last, point) => (last === undefined || point.bucket_start > last.bucket_start ? point : last),
      undefined,
    );
}

/** Whether two values are one figure: equal, or the same sum in another order; null is equal to null only. */
export function isSame(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b), 1e-6);
}
