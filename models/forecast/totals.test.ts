import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AccuracySums } from './accuracy.ts';
import { coldStart } from './cold-start.ts';
import { HEAD_COUNT, type Forecast } from './forecaster.ts';
import type { Panel } from './panel.ts';
import { sumMeans } from './reconciliation.ts';

function panelOf(rows: readonly (readonly number[])[], codes: readonly number[] | null = null): Panel {
  return {
    series_count: rows.length,
    periods: rows[0]?.length ?? 0,
    first_day: 0,
    period_days: 1,
    season_length: 1,
    demand: Float32Array.from(rows.flat()),
    covariates: [],
    statics:
      codes === null
        ? []
        : [{ name: 'category', codes: Int32Array.from(codes), cardinality: Math.max(...codes) + 1 }],
  };
}

function forecastOf(rows: readonly (readonly number[])[], origin: number): Forecast {
  const series = Int32Array.from(rows, (_, at) => at);
  return { origin, h: (rows[0]?.length ?? 0) / HEAD_COUNT, series, values: Float32Array.from(rows.flat()) };
}

test('totals by group and bucket add up to the total of all', () => {
  const cells = fc.array(fc.integer({ min: 0, max: 1000 }), {
    minLength: 6 * 4 * HEAD_COUNT,
    maxLength: 6 * 4 * HEAD_COUNT,
  });
  fc.assert(
    fc.property(cells, (values) => {
      const rows = Array.from({ length: 6 }, (_, at) =>
        values.slice(at * 4 * HEAD_COUNT, (at + 1) * 4 * HEAD_COUNT),
      );
      const forecast = forecastOf(rows, 0);
      const all = { of: () => 0, count: 1 };
      const by_group = sumMeans(
        forecast,
        { of: (one) => one % 3, count: 3 },
        { of: (step) => step >> 1, count: 3 },
      );
      expect(by_group.reduce((sum, value) => sum + value, 0)).toBe(sumMeans(forecast, all, all)[0]);
    }),
  );
});

test('accuracy is what a hand computes', () => {
  // History 2 4 2 4 (steps ±2), then actuals 3 and 5 (one unknown), forecast 4 and 4.
  const panel = panelOf([[2, 4, 2, 4, 3, 5, Number.NaN]]);
  const sums = new AccuracySums();
  sums.add(panel, forecastOf([[4, 0, 4, 4, 6, 4, 0, 4, 4, 6, 4, 0, 4, 4, 6]], 3));
  expect(sums.result()).toEqual({
    points: 2,
    wape: 2 / 8,
    wape_median: 2 / 8,
    bias: 0,
    rmsse: Math.sqrt(1 / 4),
    mase: 1 / 2,
    wql: [(2 * 0.1 * 8) / 8, (2 * 0.5 * 2) / 8, (2 * (0.1 + 0.9)) / 8, (2 * 0.05 * (3 + 1)) / 8].map(
      (value) => expect.closeTo(value, 10) as number,
    ),
    coverage: [0, 0.5, 0.5, 1],
  });
});

test('a new series begins like the launches of its category', () => {
  const before = Array<number>(20).fill(Number.NaN);
  const launch = (qty: number): number[] => [...before, ...Array<number>(20).fill(qty)];
  const rows = [
    ...Array.from({ length: 5 }, () => launch(3)),
    ...Array.from({ length: 5 }, () => launch(30)),
  ];
  const unseen = Array<number>(40).fill(Number.NaN);
  const panel = panelOf([...rows, unseen, unseen], [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1]);
  const { values } = coldStart(panel, { origin: 39, h: 2, series: Int32Array.of(10, 11) });
  expect(values[0]).toBe(3);
  expect(values[2 * HEAD_COUNT]).toBe(30);
});
