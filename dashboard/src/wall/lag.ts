import { STALE_FACTOR } from '../../../models/channel/freshness.ts';
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

/** A feed that has brought something within this time is not one that has stopped. */
const ARRIVES_MS = 120_000;

/** Whether none of the feeds that speak most often has brought anything lately, early or late: the channel is quiet. */
export function isQuiet(feeds: Iterable<LiveRow<'freshness'>>, now_ms: number): boolean {
  return ![...feeds].some(
    ({ type, last_ingested_at }) =>
      TOLD.has(type) && last_ingested_at !== null && now_ms - Date.parse(last_ingested_at) < ARRIVES_MS,
  );
}

/** Whether what a feed brings now is about long ago: a history is being loaded, and the board is on its way to today. */
export function isCatchingUp(
  { state, last_event_time, last_ingested_at }: LiveRow<'freshness'>,
  now_ms: number,
): boolean {
  if (state !== 'stale' || last_event_time === null || last_ingested_at === null) return false;
  return now_ms - Date.parse(last_ingested_at) < ARRIVES_MS;
}

/** The lag of a feed as the board tells it. */
export interface LagTold {
  /** Seconds; null = not known. */
  readonly lag_s: number | null;
  /** Whether most of what came in its last hour is history: then `lag_s` is that of its newest event, at most. */
  readonly isBackfilled: boolean;
}

/**
 * The median of a feed's last hour is its lag, unless that hour brought a history: then it is the age of that history, and says
 * nothing of a feed whose newest event is of now. That one came at the latest with the newest arrival.
 */
export function lagTold(feed: LiveRow<'freshness'>, now_ms: number): LagTold {
  const { state, sla_s, last_event_time, last_ingested_at, ingest_lag_p50_s } = feed;
  if (ingest_lag_p50_s === null || last_event_time === null || last_ingested_at === null)
    return { lag_s: ingest_lag_p50_s, isBackfilled: false };
  if (isCatchingUp(feed, now_ms)) return { lag_s: null, isBackfilled: true };
  const isBackfilled = (state === 'live' || state === 'late') && ingest_lag_p50_s > STALE_FACTOR * sla_s;
  if (!isBackfilled) return { lag_s: ingest_lag_p50_s, isBackfilled };
  const newest_s = Math.max(0, (Date.parse(last_ingested_at) - Date.parse(last_event_time)) / 1000);
  return { lag_s: newest_s, isBackfilled };
}

/** How far the feeds that speak most often have come with their history, the last of them; undefined where none loads any. */
export function caughtUpTo(feeds: Iterable<LiveRow<'freshness'>>, now_ms: number): string | undefined {
  return [...feeds]
    .filter((feed) => TOLD.has(feed.type) && isCatchingUp(feed, now_ms))
    .flatMap(({ last_event_time }) => last_event_time ?? [])
    .sort((a, b) => Date.parse(a) - Date.parse(b))[0];
}

/** Whether scans come in: without them, no case means nothing. */
export type ScansHeard = 'arrive' | 'catching_up' | 'stale' | 'missing';

/** The message that says why no case means nothing. */
export const NOT_JUDGED = {
  catching_up: 'alerts_catching_up',
  stale: 'alerts_stale_data',
  missing: 'alerts_no_data',
} as const;

/** Silence of the scanners is never "clean": what is heard of the feeds of scans. */
export function scansHeard(feeds: Iterable<LiveRow<'freshness'>>, now_ms: number): ScansHeard {
  const of_scans = [...feeds].filter(({ type }) => type === 'scan');
  const states = of_scans.map(({ state }) => state);
  if (states.some((state) => state === 'live' || state === 'late')) return 'arrive';
  if (of_scans.some((feed) => isCatchingUp(feed, now_ms))) return 'catching_up';
  return states.includes('stale') ? 'stale' : 'missing';
}
