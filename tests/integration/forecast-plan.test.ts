import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ABSURD_TIMES } from '../../models/forecast/absurd.ts';
import { storeVersion } from './forecast-versions.ts';
import { ProcessorsRun } from './processors-run.ts';

/** Plans of days, weeks and months that agree, whatever is overridden; and how accurate a version was, at each lag. */
const now = new Date();
const DAY_MS = 86_400_000;
/** The local day (Shanghai) so many days from now. */
const day = (ahead: number): string =>
  new Date(now.getTime() + 8 * 3_600_000 + ahead * DAY_MS).toISOString().slice(0, 10);

/** Begins in January and reaches into March. */
const PLAN = 'fc-20260110-01';
const PAST = 'fc-20250101-01';
/** Ends so lately that only its first 30 days have come. */
const HALF = 'fc-20250601-01';

let run: ProcessorsRun;
let revision = 0;

beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  const means = { 'D1 S1': 10, 'D2 S1': 1 };
  await storeVersion(run.sql, { forecast_version: PLAN, start: '2026-01-10', days: 28, weeks: 12, means });
}, 300_000);
afterAll(() => run.drop());

const override = async (bucket_grain: 'day' | 'week', bucket_start: string, qty: number | null) => {
  revision += 1;
  await run.sql.insertRows('raw_mart_forecast_overrides', [
    {
      ...{ forecast_version: PLAN, bucket_grain, dealer_id: 'D1', sku_id: 'S1', bucket_start, revision },
      ...{ override_qty: qty, reason: 'r', override_by: 'w', override_at: now.toISOString() },
    },
  ]);
};

const planOf = async (grain: 'day' | 'week', from: string, to: string, dealer_id = 'D1') => {
  const rows = await run.sql.query<{ final_qty: number }>(
    `SELECT final_qty FROM mart_forecasts
     WHERE forecast_version = {version: String} AND bucket_grain = {grain: String} AND dealer_id = {dealer_id: String}
       AND bucket_start BETWEEN {from: String} AND {to: String} ORDER BY bucket_start`,
    { params: { version: PLAN, grain, from, to, dealer_id } },
  );
  return rows.map(({ final_qty }) => Math.round(final_qty * 1e6) / 1e6);
};

describe('an override', () => {
  it('of a week is spread over its days in proportion, and over no others', async () => {
    await override('week', '2026-01-10', 140);
    expect(await planOf('week', '2026-01-10', '2026-01-17')).toEqual([140, 70]);
    expect(await planOf('day', '2026-01-10', '2026-01-17')).toEqual([...Array<number>(7).fill(20), 10]);
    expect(await planOf('day', '2026-01-10', '2026-01-10', 'D2')).toEqual([1]);
  });

  it('of a day that came later holds, the other days share what the week leaves', async () => {
    await override('day', '2026-01-12', 80);
    expect(await planOf('day', '2026-01-10', '2026-01-16')).toEqual([10, 10, 80, 10, 10, 10, 10]);
    expect(await planOf('week', '2026-01-10', '2026-01-10')).toEqual([140]);
  });

  it('of the week again moves all its days, that one in its proportion', async () => {
    await override('week', '2026-01-10', 280);
    expect(await planOf('day', '2026-01-10', '2026-01-16')).toEqual([20, 20, 160, 20, 20, 20, 20]);
  });

  it('of a day alone moves its week', async () => {
    await override('day', '2026-01-20', 45);
    expect(await planOf('week', '2026-01-17', '2026-01-17')).toEqual([6 * 10 + 45]);
  });

  it('of days beyond what the week has leaves nothing to the others', async () => {
    await override('week', '2026-01-24', 30);
    await override('day', '2026-01-24', 50);
    expect(await planOf('day', '2026-01-24', '2026-01-30')).toEqual([50, 0, 0, 0, 0, 0, 0]);
    expect(await planOf('week', '2026-01-24', '2026-01-24')).toEqual([50]);
  });

  it('that is taken back leaves the other', async () => {
    await override('week', '2026-01-24', null);
    expect(await planOf('day', '2026-01-24', '2026-01-26')).toEqual([50, 10, 10]);
    expect(await planOf('week', '2026-01-24', '2026-01-24')).toEqual([110]);
  });

  it('of a week beyond the days holds for itself, and all of them are in the category plan', async () => {
    // Week 6 begins on 14 February.
    await override('week', '2026-02-14', 7);
    expect(await planOf('week', '2026-02-07', '2026-02-21')).toEqual([70, 7, 70]);
    const plan = await run.sql.query(
      `SELECT toString(month) AS month, toUInt16(days) AS days, round(baseline_qty, 3) AS baseline_qty, round(final_qty, 3) AS final_qty
       FROM mart_category_plan WHERE forecast_version = {version: String} ORDER BY month`,
      { params: { version: PLAN } },
    );
    // January: 22 days of 11; D1 plans 280 + 105 + 110 in its three weeks and 10 on the 31st.
    expect(plan).toEqual([
      { month: '2026-01-01', days: 22, baseline_qty: 242, final_qty: 280 + 105 + 110 + 10 + 22 },
      { month: '2026-02-01', days: 28, baseline_qty: 308, final_qty: 308 - 63 },
      { month: '2026-03-01', days: 31, baseline_qty: 341, final_qty: 341 },
      { month: '2026-04-01', days: 3, baseline_qty: 33, final_qty: 33 },
    ]);
  });
});

describe('the accuracy of what was forecast then', () => {
  const soldOn = (at: number, units: number) => ({
    ...{ day: day(at), dealer_id: 'D9', sku_id: 'S1', currency: 'CNY', cost_currency: '' },
    ...{ placed_lines: 1, placed_qty: String(units), placed_value: '0', cancelled_qty: '0' },
    ...{ cancelled_value: '0', shipped_qty: '0', shipped_value: '0', shipped_cost: '0', version: 1 },
    ...{ uncosted_qty: '0', returned_qty: '0', returned_value: '0', returned_cost: '0' },
  });
  beforeAll(async () => {
    // Two past versions of one pair, ten a day; twelve came on each of the first 28 days, and five from then on.
    const versions = [
      { forecast_version: PAST, start: day(-60) },
      { forecast_version: HALF, start: day(-30) },
    ];
    await run.sql.command('TRUNCATE TABLE raw_mart_forecast_versions');
    for (const version of versions)
      await storeVersion(run.sql, { ...version, days: 28, weeks: 12, means: { 'D9 S1': 10 } });
    const sold = (at: number): number => (at < -32 ? 12 : 5);
    await run.sql.insertRows(
      'raw_mart_sales_days',
      Array.from({ length: 60 }, (_, i) => soldOn(i - 60, sold(i - 60))),
    );
  });

  it('begins so many days ahead as the lag says, at all levels, beyond the days by the weeks', async () => {
    const rows = await run.sql.query<Record<string, number>>(
      `SELECT level, lag_days, toUInt8(versions) AS versions, toUInt8(points) AS points, actual_qty, round(bias * actual_qty, 3) AS missed, round(fva * actual_qty, 3) AS added
       FROM mart_forecast_accuracy ORDER BY level, lag_days`,
    );
    const told = rows.map((row) => Object.values(row));
    const sum = (
      level: string,
      lag: number,
      versions: number,
      actual: number,
      missed: number,
      added: number,
    ) => [...[level, lag, versions, versions, actual, missed, added]];
    // Of PAST: 28 × 12 from the first day; from the seventh 22 × 12 + 6 × 5 = 294; from the 28th 12 + 27 × 5 = 147. HALF: 28 × 5.
    const month = (level: string) => [
      sum(level, 1, 2, 336 + 140, 280 + 280 - 476, 336 - 140 - 56 - 140 + (140 - 140)),
      sum(level, 7, 1, 294, -14, 154 - 14),
      sum(level, 28, 1, 147, 133, 7 - 133),
    ];
    expect(told).toEqual([
      ...month('category_month'),
      ...month('dealer_sku_28d'),
      sum('dealer_sku_day', 1, 2, 12 + 5, 20 - 17, 7 - 2 + 0 - 5),
      sum('dealer_sku_day', 7, 2, 12 + 5, 20 - 17, 7 - 2 + 0 - 5),
      sum('dealer_sku_day', 28, 2, 12 + 5, 20 - 17, 7 - 2 + 0 - 5),
      sum('dealer_week', 1, 2, 84 + 35, 140 - 119, 49 - 14 + 0 - 35),
      sum('dealer_week', 7, 2, 84 + 35, 140 - 119, 49 - 14 + 0 - 35),
      // Days 28 to 34: one of the first four weeks, six of the fifth.
      sum('dealer_week', 28, 1, 12 + 6 * 5, 70 - 42, 7 - 28),
    ]);
  });

  it('leaves out an absurd day, which the forecast took as missing too', async () => {
    const week = async (): Promise<number | undefined> => {
      const [row] = await run.sql.query<{ actual_qty: number }>(
        "SELECT actual_qty FROM mart_forecast_accuracy WHERE level = 'dealer_week' AND lag_days = 1",
      );
      return row?.actual_qty;
    };
    // Of the median, five a day, a thousand times and one more; up to there it is demand like any other.
    for (const [units, expected] of [
      [5 * ABSURD_TIMES, 84 - 12 + 5 * ABSURD_TIMES + 35],
      [5 * ABSURD_TIMES + 1, 84 - 12 + 35],
    ] as const) {
      await run.sql.insertRows('raw_mart_sales_days', [{ ...soldOn(-58, units), version: units }]);
      expect(await week()).toBe(expected);
    }
  });
});
