import { describe, expect, it } from 'vitest';
import type { SeriesRow } from '../../../server/forecasts/series-rows.ts';
import { historyOf } from './history.ts';

const row = (day: number, actual: number | null, mean: number | null): SeriesRow => ({
  bucket_start: `2026-11-${String(day).padStart(2, '0')}`,
  actual,
  mean,
  p10: mean,
  p50: mean,
  p90: mean,
  p95: mean,
  baseline_qty: mean,
  final_qty: mean,
  overrides: 0,
  compare_mean: null,
});

describe('the history that a forecast saw', () => {
  it('is as long before the origin as the forecast looks ahead, whatever came since', () => {
    const rows = [row(1, 900, null), row(2, 10, null), row(3, 20, null), row(4, 999, 30), row(5, null, 50)];
    const history = historyOf(rows);
    expect(history?.rows.map(({ bucket_start }) => bucket_start)).toEqual(['2026-11-02', '2026-11-03']);
    expect([history?.mean_before, history?.mean_ahead]).toEqual([15, 40]);
  });

  it('is not known of a series without any, and there is none where nothing is forecast', () => {
    expect(historyOf([row(4, null, 30)])?.mean_before).toBeNull();
    expect(historyOf([row(1, 5, null)])).toBeUndefined();
  });
});
