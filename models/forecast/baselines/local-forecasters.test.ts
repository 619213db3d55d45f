import { expect, test } from 'vitest';
import { HEAD_COUNT } from '../forecaster.ts';
import type { Panel } from '../panel.ts';
import { seasonalMovingAverage, seasonalMovingAverageKernel } from './seasonal-moving-average.ts';
import { seasonalNaive, seasonalNaiveKernel } from './seasonal-naive.ts';

const forecast = (
  kernel: typeof seasonalNaiveKernel,
  history: readonly number[],
  season_length: number,
  h: number,
): number[] => {
  const into = new Float32Array(h);
  kernel(Float32Array.from(history), season_length, into);
  return [...into];
};

test('seasonal naive repeats the last season, over gaps the one before', () => {
  expect(forecast(seasonalNaiveKernel, [1, 2, 3, 4, 5, 6], 3, 5)).toEqual([4, 5, 6, 4, 5]);
  expect(forecast(seasonalNaiveKernel, [1, 2, 3, 4, Number.NaN, 6], 3, 3)).toEqual([4, 2, 6]);
  expect(forecast(seasonalNaiveKernel, [9], 7, 2)).toEqual([9, 9]);
});

test('the moving average of a constant with a weekly profile gives that profile back, shrunk a little', () => {
  const week = [0, 5, 5, 5, 5, 10, 5];
  const history = Array.from({ length: 8 * 7 }, (_, t) => week[t % 7] ?? 0);
  const got = forecast(seasonalMovingAverageKernel, history, 7, 7);
  expect(got.reduce((sum, qty) => sum + qty, 0)).toBeCloseTo(35, 3);
  got.forEach((qty, at) => {
    expect(Math.abs(qty - (week[at] ?? 0))).toBeLessThanOrEqual(1 + 1e-6);
  });
});

test('rows follow the order of the series asked for', () => {
  const panel: Panel = {
    series_count: 3,
    periods: 4,
    first_day: 0,
    period_days: 1,
    season_length: 1,
    demand: Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3),
    covariates: [],
    statics: [],
  };
  for (const model of [seasonalNaive, seasonalMovingAverage]) {
    const { values } = model.forecast(panel, null, { origin: 3, h: 1, series: Int32Array.of(2, 0) });
    expect([values[0], values[HEAD_COUNT]]).toEqual([3, 1]);
  }
});
