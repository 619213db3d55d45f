/** How fresh a feed is by its SLA: late beyond it, stale beyond three times it, missing when it never came. */
export type FreshnessState = 'live' | 'late' | 'stale' | 'missing';

/** A feed is stale from so many times its SLA. */
export const STALE_FACTOR = 3;

/** State of a feed whose newest event is `age_s` old; null = it never sent one. */
export function freshnessState(age_s: number | null, sla_s: number): FreshnessState {
  if (age_s === null) return 'missing';
  if (age_s <= sla_s) return 'live';
  return age_s <= STALE_FACTOR * sla_s ? 'late' : 'stale';
}
