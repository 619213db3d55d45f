import { describe, expect, it } from 'vitest';
import type { LiveRow } from '../../../models/contract/live.ts';
import { isLagging } from './lag.ts';

const feed = (type: string, sla_s: number): LiveRow<'freshness'> => ({
  source: 'erp',
  type,
  last_event_time: null,
  last_ingested_at: null,
  events_24h: 0,
  ingest_lag_p50_s: null,
  ingest_lag_p99_s: null,
  sla_s,
  state: 'live',
  dead_letters: 0,
});
const feeds = [feed('order', 60), feed('scan', 300), feed('stock', 93_600)];

describe('isLagging', () => {
  it('what arrives within the time of the slower of orders and scans does not lag, what comes later does', () => {
    expect([11, 300, 301, 91 * 86_400].map((lag_s) => isLagging(lag_s, feeds))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('nothing is said of a lag while there is none, or no feed to measure it by', () => {
    expect(isLagging(null, feeds)).toBe(false);
    expect(isLagging(9999, [feed('stock', 60)])).toBe(false);
  });
});
