import { describe, expect, test } from 'vitest';
import { ratio } from './figure.ts';
import { freshnessState } from './freshness.ts';
import { toldIn } from './money-in.ts';
import { changedPoints, lastRestatement, type SeriesPoint } from './restatement.ts';

describe('the currency of a figure', () => {
  test('is the reporting one where there is any, and says what it leaves out', () => {
    expect(toldIn(['CNY', 'CNY'], 'CNY')).toEqual({ currency: 'CNY' });
    expect(toldIn([], 'CNY')).toEqual({ currency: 'CNY' });
    expect(toldIn(['USD', 'CNY', 'EUR'], 'CNY')).toEqual({
      currency: 'CNY',
      reason: 'without what is in EUR, USD',
    });
  });
  test('is the one other that all is in, and none when there are several', () => {
    expect(toldIn(['GBP'], 'CNY')).toEqual({ currency: 'GBP' });
    expect(toldIn(['GBP', 'EUR'], 'CNY')).toBeNull();
  });
});

test('a feed is late beyond its SLA and stale beyond three times it', () => {
  expect([0, 60, 61, 180, 181].map((age) => freshnessState(age, 60))).toEqual([
    'live',
    'live',
    'late',
    'late',
    'stale',
  ]);
  expect(freshnessState(null, 60)).toBe('missing');
});

test('a ratio of nothing is undefined, not zero', () => {
  expect(ratio(0, 0, 'no line was due')).toEqual({ value: null, reason: 'no line was due' });
  expect(ratio(0, 4, '')).toEqual({ value: 0 });
});

describe('restatement', () => {
  const rule = { closed_before: '2026-03-02T00:00:00.000Z', stood_ms: 3_600_000 };
  const now = '2026-03-03T12:00:00.000Z';
  const stored = (value: number | null, since: string): Map<string, SeriesPoint> =>
    new Map([
      [
        '2026-03-01T00:00:00.000Z',
        { bucket_start: '2026-03-01T00:00:00.000Z', value, since, restated_at: null, value_before: null },
      ],
    ]);
  const fresh = new Map([['2026-03-01T00:00:00.000Z', 12]]);

  test('a closed bucket that had stood and changes is restated, with the value before', () => {
    const [point] = changedPoints(stored(10, '2026-03-02T01:00:00.000Z'), fresh, now, rule);
    expect(point).toMatchObject({ value: 12, value_before: 10, restated_at: now });
    const older = point && { ...point, bucket_start: '2026-02-28T00:00:00.000Z' };
    const points = point && older ? [point, older] : [];
    expect(lastRestatement(points, '2026-03-03T00:00:00.000Z')).toBe(point);
    expect(lastRestatement(points, '2026-03-03T12:00:00.001Z')).toBeUndefined();
  });
  test('while history is being loaded nothing is restated', () => {
    const [point] = changedPoints(stored(10, '2026-03-03T11:30:00.000Z'), fresh, now, rule);
    expect(point).toMatchObject({ value: 12, restated_at: null });
  });
  test('an open bucket is not restated, and an equal value is no change', () => {
    const open = { ...rule, closed_before: '2026-03-01T00:00:00.000Z' };
    expect(
      changedPoints(stored(10, '2026-03-01T01:00:00.000Z'), fresh, now, open)[0]?.restated_at,
    ).toBeNull();
    expect(changedPoints(stored(12 + 1e-12, '2026-03-01T01:00:00.000Z'), fresh, now, rule)).toEqual([]);
  });
});
