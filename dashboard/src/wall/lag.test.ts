import { describe, expect, it } from 'vitest';
import type { LiveRow } from '../../../models/contract/live.ts';
import { caughtUpTo, isCatchingUp, isLagging, isQuiet, lagTold, scansHeard } from './lag.ts';

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

describe('isQuiet', () => {
  const now_ms = Date.parse('2026-11-30T15:00:00Z');
  const came = (type: string, last_ingested_at: string): LiveRow<'freshness'> => ({
    ...feed(type, 60),
    last_ingested_at,
  });

  it('a channel is quiet when orders and scans have not come for two minutes, whatever else has', () => {
    const stock = came('stock', '2026-11-30T14:59:59Z');
    expect(isQuiet([came('order', '2026-11-30T14:50:00Z'), stock], now_ms)).toBe(true);
    expect(isQuiet([came('order', '2026-11-30T14:59:00Z'), stock], now_ms)).toBe(false);
  });
});

describe('lagTold', () => {
  const now_ms = Date.parse('2026-11-30T15:00:00Z');
  const DAY_S = 86_400;
  const of_now: LiveRow<'freshness'> = {
    ...feed('order', 60),
    last_event_time: '2026-11-30T14:59:50Z',
    last_ingested_at: '2026-11-30T14:59:52Z',
    ingest_lag_p50_s: 1.5,
  };

  it('is the median of the last hour', () => {
    expect(lagTold(of_now, now_ms)).toEqual({ lag_s: 1.5, isBackfilled: false });
  });

  it('of a live feed whose history was loaded within the hour is that of its newest event', () => {
    const loaded = { ...of_now, ingest_lag_p50_s: 38 * DAY_S };
    expect(lagTold(loaded, now_ms)).toEqual({ lag_s: 2, isBackfilled: true });
    // A clock that is ahead.
    const ahead = { ...loaded, last_event_time: '2026-11-30T14:59:59Z' };
    expect(lagTold(ahead, now_ms)).toEqual({ lag_s: 0, isBackfilled: true });
  });

  it('is not known while the history is loading', () => {
    const loading = { ...of_now, state: 'stale', last_event_time: '2026-09-02T00:00:00Z' } as const;
    expect(lagTold({ ...loading, ingest_lag_p50_s: 89 * DAY_S }, now_ms)).toEqual({
      lag_s: null,
      isBackfilled: true,
    });
  });

  it('of a feed that is late, or has stopped, stays what it is: that is what is wrong with it', () => {
    for (const state of ['late', 'stale'] as const) {
      const slow = { ...of_now, state, last_ingested_at: '2026-11-30T14:50:00Z', ingest_lag_p50_s: 170 };
      expect(lagTold(slow, now_ms)).toEqual({ lag_s: 170, isBackfilled: false });
    }
    expect(lagTold(feed('stock', 60), now_ms)).toEqual({ lag_s: null, isBackfilled: false });
  });
});

describe('isCatchingUp', () => {
  const now_ms = Date.parse('2026-11-30T15:00:00Z');
  const loading = (type: string, last_event_time: string): LiveRow<'freshness'> => ({
    ...feed(type, 60),
    state: 'stale',
    last_event_time,
    last_ingested_at: '2026-11-30T14:59:30Z',
  });
  const scans = loading('scan', '2026-09-02T10:00:00Z');

  it('a feed that brings what is long past is loading a history; one that brings nothing has stopped', () => {
    expect(isCatchingUp(scans, now_ms)).toBe(true);
    expect(isCatchingUp({ ...scans, last_ingested_at: '2026-11-30T14:50:00Z' }, now_ms)).toBe(false);
    expect(isCatchingUp({ ...scans, last_ingested_at: null }, now_ms)).toBe(false);
    expect(isCatchingUp({ ...scans, state: 'live' }, now_ms)).toBe(false);
  });

  it('has come as far as the last of orders and scans', () => {
    const orders = loading('order', '2026-09-22T10:00:00Z');
    const money = loading('money', '2026-09-01T10:00:00Z');
    expect(caughtUpTo([orders, scans, money], now_ms)).toBe(scans.last_event_time);
    expect(caughtUpTo([money], now_ms)).toBeUndefined();
  });
});

describe('scansHeard', () => {
  const now_ms = Date.parse('2026-11-30T15:00:00Z');

  it('silence of the scanners is never clean: feeds that stopped, or never came, are told from one that goes on', () => {
    const stopped = { ...feed('scan', 60), state: 'stale' as const };
    const times = { last_event_time: '2026-09-01T00:00:00Z', last_ingested_at: '2026-11-30T14:59:30Z' };
    expect(scansHeard([feed('order', 60)], now_ms)).toBe('missing');
    expect(scansHeard([stopped], now_ms)).toBe('stale');
    expect(scansHeard([{ ...stopped, ...times }], now_ms)).toBe('catching_up');
    expect(scansHeard([stopped, feed('scan', 60)], now_ms)).toBe('arrive');
  });
});
