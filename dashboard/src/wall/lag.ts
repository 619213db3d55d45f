import type { LiveRow } from '../../../models/contract/live.ts';

/** The types whose lag the header tells. */
const TOLD: ReadonlySet<string> = new Set(['order', 'scan']);

/**
 * Whether what arrives comes later than any of the feeds that speak most often may: then the board is connected, but not live.
 *
 * @param lag_s between an event and its arrival; null = nothing came
 */
export function isLagging(lag_s: number | null, feeds: Iterable<LiveRow<'freshness'>>): boolean {
  if (lag_s === null) return false;
  const allowed_s = [...feeds].filter(({ type }) => TOLD.has(type)).map(({ sla_s }) => sla_s);
  return allowed_s.length > 0 && lag_s > Math.max(...allowed_s);
}
