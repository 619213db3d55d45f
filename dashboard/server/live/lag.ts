import { Compile } from 'typebox/compile';
import { FreshnessRow, type ServerFrame } from '../../../models/contract/live.ts';

type FeedLag = Extract<ServerFrame, { t: 'hb' }>['lag_s'];

/** Feed of the heartbeat → event type of the freshness rows. */
const FEEDS = { orders: 'order', scans: 'scan', stock: 'stock' } as const;
const isFreshness = Compile(FreshnessRow);

/**
 * Age of each feed's newest event over all its sources, seconds; null for a feed that never sent one. An event time in
 * the future (a clock that is ahead) counts as age 0.
 */
export function feedLag(rows: Iterable<unknown>, now_ms: number): FeedLag {
  const newest_ms = new Map<string, number>();
  for (const row of rows) {
    if (!isFreshness.Check(row) || row.last_event_time === null) continue;
    const time_ms = Date.parse(row.last_event_time);
    newest_ms.set(row.type, Math.max(newest_ms.get(row.type) ?? -Infinity, time_ms));
  }
  const age_s = (type: string): number | null => {
    const time_ms = newest_ms.get(type);
    return time_ms === undefined ? null : Math.max(0, Math.round((now_ms - time_ms) / 100) / 10);
  };
  return { orders: age_s(FEEDS.orders), scans: age_s(FEEDS.scans), stock: age_s(FEEDS.stock) };
}
