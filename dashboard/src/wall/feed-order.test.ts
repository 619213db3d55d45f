import { expect, it } from 'vitest';
import { feedsInOrder, type FreshnessRow } from './feed-order.ts';

const row = (type: string, state: FreshnessRow['state'], more: Partial<FreshnessRow> = {}): FreshnessRow => ({
  source: 's',
  type,
  last_event_time: null,
  last_ingested_at: null,
  events_24h: 0,
  ingest_lag_p50_s: null,
  ingest_lag_p99_s: null,
  sla_s: 60,
  state,
  dead_letters: 0,
  ...more,
});

it('counts feeds only, those in trouble first, and tells dead letters and broken identities beside them', () => {
  const feeds = feedsInOrder([
    row('scan', 'live'),
    row('dead_letters', 'late', { dead_letters: 2 }),
    row('order', 'live'),
    row('identities', 'stale', { broken: ['rebates-are-conserved'] }),
    row('stock', 'late'),
  ]);
  expect(feeds.feeds.map(({ type }) => type)).toEqual(['stock', 'order', 'scan']);
  expect(feeds.live).toBe(2);
  expect(feeds.dead_letters.open).toBe(2);
  expect(feeds.broken).toEqual(['rebates-are-conserved']);
});
