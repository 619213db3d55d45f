import { describe, expect, it } from 'vitest';
import type { LiveState } from '../live/state.ts';
import type { AlertRow } from './alert-order.ts';
import { CHANGES_MAX, changesBetween, remember, type Change } from './changes.ts';
import type { FreshnessRow } from './feed-order.ts';

const AT = '2026-11-24T06:32:07Z';
const alert = (over: Partial<AlertRow> = {}): AlertRow => ({
  alert_id: 'a1',
  state: 'open',
  severity: 'critical',
  kinds: ['out_of_territory'],
  confidence: 0.9,
  origin_dealer_id: 'D-1',
  sku_id: 'S-1',
  units: 9,
  value: '100.00',
  currency: 'CNY',
  codes: [],
  first_event_time: AT,
  last_event_time: AT,
  raised_at: AT,
  updated_at: AT,
  ...over,
});
const feed = (state: FreshnessRow['state']): FreshnessRow => ({
  source: 'erp',
  type: 'order',
  last_event_time: AT,
  last_ingested_at: AT,
  events_24h: 1,
  ingest_lag_p50_s: 1,
  ingest_lag_p99_s: 1,
  sla_s: 60,
  state,
  dead_letters: 0,
});
const alerts = (...rows: AlertRow[]): LiveState => ({
  alerts: { epoch: 'e', seq: 1, as_of: AT, rows: new Map(rows.map((row) => [row.alert_id, row])) },
});
const freshness = (state: FreshnessRow['state']): LiveState => ({
  freshness: { epoch: 'e', seq: 1, as_of: AT, rows: new Map([['erp|order', feed(state)]]) },
});

describe('changesBetween', () => {
  it('a state and itself differ in nothing', () => {
    const state = { ...alerts(alert()), ...freshness('live') };
    expect(changesBetween(state, state, AT)).toEqual([]);
  });

  it('a new alert and a moved case are each one change', () => {
    expect(changesBetween({}, alerts(alert()), AT).map((c) => c.kind)).toEqual(['alert']);
    const moved = changesBetween(alerts(alert()), alerts(alert({ state: 'acknowledged' })), AT);
    expect(moved.map((c) => c.kind)).toEqual(['alert_state']);
  });

  it('the first snapshot of the feeds is no change, a later turn is', () => {
    expect(changesBetween({}, freshness('late'), AT)).toEqual([]);
    expect(changesBetween(freshness('live'), freshness('late'), AT)).toMatchObject([
      { kind: 'feed', recovered: false },
    ]);
    expect(changesBetween(freshness('late'), freshness('live'), AT)).toMatchObject([
      { kind: 'feed', recovered: true },
    ]);
  });

  it('more dead letters than before are a change, and so is that none is left', () => {
    const letters = (open: number): LiveState => ({
      freshness: {
        epoch: 'e',
        seq: 1,
        as_of: AT,
        rows: new Map([['|dead_letters', { ...feed('late'), type: 'dead_letters', dead_letters: open }]]),
      },
    });
    expect(changesBetween(letters(0), letters(2), AT)).toMatchObject([{ kind: 'dead_letters', open: 2 }]);
    expect(changesBetween(letters(2), letters(1), AT)).toEqual([]);
    expect(changesBetween(letters(1), letters(0), AT)).toMatchObject([{ kind: 'dead_letters', open: 0 }]);
  });
});

describe('remember', () => {
  it('keeps the newest and never more than its maximum', () => {
    const changes: Change[] = Array.from({ length: CHANGES_MAX + 5 }, (_, minute) => ({
      kind: 'restated',
      at: new Date(Date.parse(AT) + minute * 60_000).toISOString(),
      kpi_id: String(minute),
    }));
    const kept = remember([], changes);
    expect(kept).toHaveLength(CHANGES_MAX);
    expect(kept[0]).toMatchObject({ kpi_id: String(CHANGES_MAX + 4) });
  });
});
