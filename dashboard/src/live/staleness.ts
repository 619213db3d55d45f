/** How old data stands to its SLA: late beyond it, stale beyond three times it. */
export interface Staleness {
  readonly state: 'live' | 'late' | 'stale';
  readonly age_s: number;
}

/** Data counts as stale from so many times its SLA. */
export const STALE_FACTOR = 3;

/**
 * @param as_of event time up to which the data holds
 * @param sla_s age from which it counts as late, seconds
 * @param now_ms the server's clock
 */
export function staleness(as_of: string, sla_s: number, now_ms: number): Staleness {
  const age_s = Math.max(0, (now_ms - Date.parse(as_of)) / 1000);
  if (age_s > STALE_FACTOR * sla_s) return { state: 'stale', age_s };
  return { state: age_s > sla_s ? 'late' : 'live', age_s };
}
