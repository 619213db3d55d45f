import { describe, expect, test } from 'vitest';
import { AccuracySums } from './accuracy.ts';
import { boostedTrees } from './boosted-trees.ts';
import { seasonalMovingAverage } from './baselines/seasonal-moving-average.ts';
import { HEAD_COUNT, type Forecast } from './forecaster.ts';
import type { Panel } from './panel.ts';
import { syntheticPanel } from './synthetic-panel.ts';
import { uniformStream } from './trees/random.ts';

const OPTIONS = { series: 80, periods: 200, seed: 2, level: 5, uplift: 4, promo_known: true };
const ORIGIN = 171;
const H = 28;

function forecast(panel: Panel, seed = 1): Forecast {
  const model = boostedTrees.fit(panel, { origin: ORIGIN, h: H, seed });
  return boostedTrees.forecast(panel, model, { origin: ORIGIN, h: H });
}

function wape(panel: Panel, one: Forecast): number {
  const sums = new AccuracySums();
  sums.add(panel, one);
  return sums.result().wape ?? Number.NaN;
}

describe('boosted trees', () => {
  const panel = syntheticPanel(OPTIONS);
  const known = forecast(panel);

  test('known promotions cut the error to 0.65 of what it is without, and below the moving average', () => {
    const unknown = syntheticPanel({ ...OPTIONS, promo_known: false });
    const average = seasonalMovingAverage.forecast(panel, null, { origin: ORIGIN, h: H });
    expect(wape(panel, known)).toBeLessThan(0.65 * wape(unknown, forecast(unknown)));
    expect(wape(panel, known)).toBeLessThan(wape(panel, average));
  });

  test('the same seed gives the same bits, also through a copy of the model and series in parts', () => {
    expect(forecast(panel).values).toEqual(known.values);
    const model = structuredClone(boostedTrees.fit(panel, { origin: ORIGIN, h: H, seed: 1 }));
    const part = boostedTrees.forecast(panel, model, { origin: ORIGIN, h: H, series: Int32Array.of(70, 3) });
    const row = H * HEAD_COUNT;
    expect(part.values.slice(0, row)).toEqual(known.values.slice(70 * row, 71 * row));
    expect(part.values.slice(row)).toEqual(known.values.slice(3 * row, 4 * row));
    expect(forecast(panel, 2).values).not.toEqual(known.values);
  });

  test('demand after the origin changes no forecast', () => {
    const demand = panel.demand.map((qty, cell) => (cell % panel.periods > ORIGIN ? 999 : qty));
    expect(forecast({ ...panel, demand }).values).toEqual(known.values);
  });

  test('series of one sale, of none, with nothing known and with gaps are forecast without a gap', () => {
    const demand = panel.demand.slice();
    const row = (series: number): Float32Array => demand.subarray(series * 200, (series + 1) * 200);
    row(0).fill(0);
    row(1).fill(Number.NaN);
    row(2).fill(Number.NaN);
    row(2)[ORIGIN] = 7;
    row(3).forEach((_, t) => {
      if (t % 3 > 0) row(3)[t] = Number.NaN;
    });
    const { values } = forecast({ ...panel, demand });
    expect(values.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    for (let at = 0; at < values.length; at += HEAD_COUNT) {
      const quantiles = [...values.subarray(at + 1, at + HEAD_COUNT)];
      expect(quantiles).toEqual(quantiles.toSorted((a, b) => a - b));
    }
  });

  test('a panel of one period is forecast', () => {
    const one = {
      ...panel,
      series_count: 1,
      periods: 3,
      demand: Float32Array.of(4, 4, 4),
      covariates: [],
      statics: [],
    };
    const model = boostedTrees.fit(one, { origin: 0, h: 2, seed: 1 });
    const { values } = boostedTrees.forecast(one, model, { origin: 0, h: 2 });
    expect(values.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  });

  test('of demand that comes in rare cases the means add up to what it is on the mean', () => {
    const [series_count, periods, case_units, every_days] = [300, 200, 24, 45];
    const rare = syntheticPanel({ ...OPTIONS, series: series_count, periods, uplift: 1 });
    // Over several draws and origins: what one expects depends on which few series have just sold.
    const draws = [5, 6];
    const origins = [ORIGIN, ORIGIN - H, ORIGIN - 2 * H, ORIGIN - 3 * H];
    let expected = 0;
    for (const draw of draws) {
      const uniform = uniformStream(draw);
      const demand = rare.demand.map(() => (uniform() < 1 / every_days ? case_units : 0));
      const bare = { ...rare, demand, covariates: [] };
      const model = boostedTrees.fit(bare, { origin: ORIGIN, h: H, seed: 1 });
      for (const origin of origins) {
        const { values } = boostedTrees.forecast(bare, model, { origin, h: H });
        for (let at = 0; at < values.length; at += HEAD_COUNT) expected += values[at] ?? NaN;
      }
    }
    const truth = (draws.length * origins.length * series_count * H * case_units) / every_days;
    expect(Math.abs(expected / truth - 1)).toBeLessThan(0.15);
  });
});
