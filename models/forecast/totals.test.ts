import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AccuracySums } from './accuracy.ts';
import { coldStart } from './cold-start.ts';
import { HEAD_COUNT, type Forecast } from './forecaster.ts';
import type { Panel } from './panel.ts';
import { agreeWithDays, sumMeans } from './reconciliation.ts';
import { takeUp } from './take-up.ts';

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

test('weeks are the sums of their days as far as those reach, with the spread that they had', () => {
  const days = forecastOf([Array.from({ length: 15 }, () => [2, 0, 1, 4, 5]).flat()], 9);
  const weeks = forecastOf([[10, 5, 9, 15, 20, 0, 0, 0, 1, 2, 30, 5, 9, 15, 20]], 1);
  expect(agreeWithDays(weeks, days)).toBe(2);
  const scaled = [14, 7, 12.6, 21, 28].map((value) => expect.closeTo(value, 5) as number);
  expect(Array.from(weeks.values)).toEqual([...scaled, 14, 0, 0, 1, 2, 30, 5, 9, 15, 20]);
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

describe('a dealer that has not ordered a product yet', () => {
  const PERIODS = 40;
  const LAUNCH = 20;
  const nothing = Array<number>(PERIODS).fill(Number.NaN);
  const from = (first: number, qty: number): number[] =>
    nothing.map((_, t) => (t < first ? Number.NaN : qty));

  /** Ten dealers order an old product; so many of them took each of six new ones at once, four units a day. */
  function launchedPanel(takers: number, extra: readonly { dealer: number; sku: number }[]): Panel {
    const rows = [
      ...Array.from({ length: 10 }, (_, dealer) => ({ dealer, sku: 0, demand: from(0, 1) })),
      ...Array.from({ length: 6 }, (_, product) =>
        Array.from({ length: takers }, (__, dealer) => ({
          dealer,
          sku: 1 + product,
          demand: from(LAUNCH, 4),
        })),
      ).flat(),
      ...extra.map((pair) => ({ ...pair, demand: nothing })),
    ];
    const column = (name: string, codes: readonly number[]) => ({
      ...{ name, codes: Int32Array.from(codes), cardinality: Math.max(...codes) + 1 },
    });
    return {
      ...panelOf(rows.map(({ demand }) => demand)),
      statics: [
        column(
          'dealer',
          rows.map(({ dealer }) => dealer),
        ),
        column(
          'sku',
          rows.map(({ sku }) => sku),
        ),
        column(
          'category',
          rows.map(() => 0),
        ),
      ],
    };
  }

  test('is expected to do as the dealers did that had not ordered the launches before it', () => {
    // All took it up at once: nobody was left who might have later, so those who wait now are expected to order nothing.
    const panel = launchedPanel(2, [{ dealer: 9, sku: 7 }]);
    expect(takeUp(panel, { origin: PERIODS - 1, h: 5, age_max: 10 })?.at(-1)).toBe(0);
  });

  test('in total as many units as came, whoever orders', () => {
    // Of ten dealers two order each product, four periods after the first one did.
    const late = launchedPanel(1, []);
    const rows = 10 + 6;
    const demand = Array.from({ length: 6 }, () => from(LAUNCH + 4, 4));
    const columns = late.statics.map((one) => ({
      ...one,
      codes: Int32Array.from([
        ...one.codes,
        ...Array.from({ length: 6 }, (_, product) =>
          one.name === 'dealer' ? 1 : one.name === 'sku' ? 1 + product : 0,
        ),
      ]),
    }));
    const panel = {
      ...late,
      series_count: rows + 6,
      demand: Float32Array.from([...late.demand, ...demand.flat()]),
      statics: columns,
    };
    // At age 0 nine wait, one orders in periods 4 and 5 after: 8 units; at age 1 one more period, and so on to age 3; then eight wait.
    const units = 8 + 12 + 16 + 20;
    const waiting = 4 * 9 + 7 * 8;
    expect(takeUp(panel, { origin: PERIODS - 1, h: 5, age_max: 10 })?.[0]).toBeCloseTo(
      units / waiting / 5,
      9,
    );
  });

  test('begins with the chance it is given: the mean is its share, the median nothing', () => {
    const panel = launchedPanel(5, [{ dealer: 9, sku: 1 }]);
    const series = Int32Array.of(panel.series_count - 1);
    const { values } = coldStart(panel, { origin: PERIODS - 1, h: 1, series, chance: () => 0.25 });
    expect(Array.from(values)).toEqual([1, 0, 0, 4, 4]);
  });

  test('is like the launches of its product before those of its dealer', () => {
    const loud = Array.from({ length: 5 }, (_, at) => ({ dealer: 9, sku: 20 + at }));
    const panel = launchedPanel(5, [...loud, { dealer: 9, sku: 1 }]);
    // The same dealer launched five other products with 40 a day.
    const demand = panel.demand.slice();
    loud.forEach((_, at) => {
      const row = panel.series_count - 6 + at;
      demand.set(from(LAUNCH, 40), row * PERIODS);
    });
    const series = Int32Array.of(panel.series_count - 1);
    const { values } = coldStart({ ...panel, demand }, { origin: PERIODS - 1, h: 1, series });
    expect(values[0]).toBe(4);
  });
});
