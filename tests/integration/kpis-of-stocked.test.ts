import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LiveRow } from '../../models/contract/live.ts';
import { storeVersion } from './forecast-versions.ts';
import { DAY, HOUR, dayText, localDay } from './marts-channel.ts';
import { ProcessorsRun, TIME_ZONE } from './processors-run.ts';

/**
 * KPIs that divide stock by demand or cost: both of the same dealers and products, on the wall and in the wave that all dealers are
 * of (D2, D21). A has stock; B tells none; of C's two locations one has promised more than the other has left.
 */
const now = new Date();
const TODAY = localDay(now.getTime());
const iso = (ms: number): string => new Date(ms).toISOString();
const ago = (days: number): string => iso(now.getTime() - days * DAY);
/** Noon of a local day in Shanghai. */
const noon = (days_ago: number): string => iso((TODAY - days_ago) * DAY + 4 * HOUR);

let ids = 0;
const event = (event_time: string, dealer_id: string, sku_id: string, more: object) => ({
  event_id: `e${(ids += 1)}`,
  source: 'erp',
  event_time,
  dealer_id,
  sku_id,
  ...more,
});
const order = (at: string, dealer_id: string, sku_id: string, stage: string, qty: number, more = {}) =>
  event(at, dealer_id, sku_id, {
    order_id: `O${ids}`,
    line_no: 1,
    stage,
    qty,
    unit_price: '5.00',
    currency: 'CNY',
    channel: 'edi',
    ...more,
  });
const stock = (dealer_id: string, sku_id: string, location_id: string, on_hand: number, committed: number) =>
  event(ago(10), dealer_id, sku_id, {
    location_id,
    on_hand,
    in_transit: 0,
    committed,
    unit_cost: '2.00',
    currency: 'CNY',
  });

let run: ProcessorsRun;
beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  const reference = { source: 'mdm', event_time: ago(400), valid_from: ago(400) };
  await run.deliver(
    'dealer',
    ['A', 'B', 'C'].map((dealer_id) => ({
      ...reference,
      ...{ event_id: dealer_id, dealer_id, name: dealer_id, tier: 1, territory_id: '', status: 'active' },
      wave: 'W',
    })),
  );
  await run.deliver(
    'product',
    ['S1', 'S2'].map((sku_id) => ({
      ...reference,
      ...{ event_id: sku_id, sku_id, name: sku_id, category: 'c', unit_cost: '2.00', list_price: '5.00' },
      ...{ currency: 'CNY', pack_qty: 1 },
    })),
  );
  await run.deliver('order', [
    ...['A', 'B'].flatMap((dealer_id) =>
      Array.from({ length: 40 }, (_, i) => order(noon(i + 1), dealer_id, 'S1', 'placed', 10)),
    ),
    order(noon(5), 'C', 'S2', 'placed', 28),
    // One fell due two hours ago, another 28 days and two hours ago: neither shipped.
    order(iso(now.getTime() - 7 * DAY - 2 * HOUR), 'A', 'S3', 'placed', 70),
    order(iso(now.getTime() - 35 * DAY - 2 * HOUR), 'A', 'S3', 'placed', 90),
    ...[
      ['A', 100],
      ['B', 1000],
    ].map(([dealer_id, qty]) => order(ago(3), String(dealer_id), 'S1', 'shipped', Number(qty))),
    order(noon(20), 'A', 'S1', 'placed', 8, { order_id: 'OK', requested_date: dayText(TODAY - 12) }),
    order(noon(19), 'A', 'S1', 'shipped', 8, { order_id: 'OK' }),
  ]);
  await run.deliver('stock', [
    stock('A', 'S1', 'A1', 100, 0),
    stock('C', 'S2', 'C1', 0, 5),
    stock('C', 'S2', 'C2', 3, 0),
  ]);
  await run.catchUp();
}, 300_000);
afterAll(() => run.drop());

const kpi = (id: string): number | null | undefined => run.rows<LiveRow<'kpis'>>('kpis').get(id)?.value;
/** Mean daily demand of A's product in 28 days: ten a day, and eight once. */
const TRAILING = 10 + 8 / 28;

test('what is available is divided by the demand for it: that of a dealer which tells no stock is left out', () => {
  expect(kpi('days_of_supply')).toBeCloseTo(103 / (TRAILING + 1), 9);
});

test('turnover divides the cost of what dealers with stock were shipped', () => {
  expect(kpi('inventory_turnover')).toBeCloseTo(((100 * 2) / (103 * 2)) * (365 / 10), 6);
});

test('a wave of all dealers has every KPI that the wall has', async () => {
  const rows = await run.sql.query<{ id: string; value: number | null }>(
    "SELECT id, value FROM mart_cohorts WHERE wave = 'W'",
  );
  expect(rows).toHaveLength(8);
  expect(kpi('stockout_dealers')).toBe(1);
  for (const { id, value } of rows) {
    const told = kpi(id);
    // The view's clock is a little later than the processors'.
    if (typeof told === 'number' && told !== 0) expect((value ?? NaN) / told, id).toBeCloseTo(1, 3);
    else expect({ id, value }).toEqual({ id, value: told });
  }
});

test('demand is what is forecast, with what planners put in its place, from when they did', async () => {
  const forecast_version = 'fc-now-01';
  const start = dayText(TODAY - 1);
  await storeVersion(run.sql, {
    forecast_version,
    start,
    days: 28,
    means: { 'A S1': 50, 'B S1': 7, 'C S2': 2 },
  });
  const made_ms = Date.parse(`${start}T01:00:00Z`);
  await run.sql.insertRows(
    'raw_mart_forecast_overrides',
    [
      {
        bucket_start: dayText(TODAY + 2),
        override_qty: '900',
        override_at: iso(made_ms + 1_000),
        revision: 1,
      },
      {
        bucket_start: dayText(TODAY + 2),
        override_qty: '78',
        override_at: iso(made_ms + 2_000),
        revision: 2,
      },
      {
        bucket_start: dayText(TODAY + 3),
        override_qty: '90',
        override_at: iso(made_ms + 3_000),
        revision: 3,
      },
      {
        bucket_start: dayText(TODAY + 3),
        override_qty: null,
        override_at: iso(made_ms + 4_000),
        revision: 4,
      },
    ].map((row) => ({
      ...{
        forecast_version,
        bucket_grain: 'day',
        dealer_id: 'A',
        sku_id: 'S1',
        reason: 'r',
        override_by: 'p',
      },
      ...row,
    })),
  );
  expect(
    await run.sql.query(
      'SELECT dealer_id, daily_demand, days_of_supply, demand_basis, reason FROM mart_days_of_supply ORDER BY dealer_id',
    ),
  ).toEqual([
    // 78 instead of 50 on one of 28 days; the other change was taken back.
    { dealer_id: 'A', daily_demand: 51, days_of_supply: 100 / 51, demand_basis: 'forecast', reason: '' },
    { dealer_id: 'C', daily_demand: 2, days_of_supply: 1.5, demand_basis: 'forecast', reason: '' },
  ]);
  const as_ofs = [now.getTime(), made_ms + 1_500, made_ms, made_ms - 1].map(iso);
  const rows = await run.sql.queryFile<{ as_of: string; available_units: number; daily_demand: number }>(
    'queries/processors/kpi-days_of_supply.sql',
    { params: { as_ofs, time_zone: TIME_ZONE } },
  );
  const demand = new Map(rows.map((row) => [row.as_of, row.daily_demand]));
  expect(rows.map(({ available_units }) => available_units)).toEqual(as_ofs.map(() => 103));
  const wanted = [51 + 2, 50 + 850 / 28 + 2, 50 + 2, TRAILING + 1];
  as_ofs.forEach((as_of, i) => {
    expect(demand.get(as_of), as_of).toBeCloseTo(wanted[i] ?? NaN, 9);
  });
});

test('an override of a week counts like those of its days, from when it was made', async () => {
  const forecast_version = 'fc-now-01';
  const start = dayText(TODAY - 1);
  const made_ms = Date.parse(`${start}T01:00:00Z`);
  const second_week = dayText(TODAY + 6);
  const overrides = [
    // The day that was 78 gives way to its week, and is put in place of it once more; a day beyond its whole week moves the week.
    { bucket_grain: 'week', bucket_start: start, override_qty: '700', at_s: 5 },
    { bucket_grain: 'day', bucket_start: dayText(TODAY + 2), override_qty: '800', at_s: 6 },
    { bucket_grain: 'week', bucket_start: second_week, override_qty: '490', at_s: 7 },
    ...Array.from({ length: 7 }, (_, i) => ({
      bucket_grain: 'day',
      bucket_start: dayText(TODAY + 6 + i),
      override_qty: '1',
      at_s: 8 + i,
    })),
    { bucket_grain: 'week', bucket_start: second_week, override_qty: null, at_s: 15 },
  ];
  await run.sql.insertRows(
    'raw_mart_forecast_overrides',
    overrides.map(({ at_s, ...row }) => ({
      ...{ forecast_version, dealer_id: 'A', sku_id: 'S1', reason: 'r', override_by: 'p' },
      ...{ ...row, override_at: iso(made_ms + at_s * 1_000), revision: at_s },
    })),
  );
  const moved_by = [
    [4.5, 28],
    [5.5, 350],
    [6.5, 450],
    [7.5, 450 + 140],
    // 490 of the week, one of them on a day that holds; then more and more days hold, at last all.
    [8.5, 450 + 140],
    [14.5, 450 - 343],
    [15.5, 450 - 343],
  ] as const;
  const rows = await run.sql.queryFile<{ as_of: string; daily_demand: number }>(
    'queries/processors/kpi-days_of_supply.sql',
    {
      params: { as_ofs: moved_by.map(([at_s]) => iso(made_ms + at_s * 1_000)), time_zone: TIME_ZONE },
    },
  );
  const demand = new Map(rows.map((row) => [row.as_of, row.daily_demand]));
  for (const [at_s, units] of moved_by)
    expect(demand.get(iso(made_ms + at_s * 1_000)), `${at_s} s`).toBeCloseTo(52 + units / 28, 9);
  const [told] = await run.sql.query<{ daily_demand: number; planned: number }>(
    `SELECT daily_demand, planned FROM mart_days_of_supply
     INNER JOIN (SELECT dealer_id, avg(final_qty) AS planned FROM mart_forecasts WHERE forecast_version = '${forecast_version}' AND bucket_grain = 'day' AND sku_id = 'S1' GROUP BY dealer_id) AS f USING (dealer_id)
     WHERE dealer_id = 'A'`,
  );
  expect(told?.daily_demand).toBeCloseTo(50 + 107 / 28, 9);
  expect(told?.planned).toBeCloseTo(50 + 107 / 28, 9);
});

test('a forecast whose days are over is none', async () => {
  await storeVersion(run.sql, {
    forecast_version: 'fc-short-01',
    start: dayText(TODAY - 1),
    days: 1,
    means: { 'A S1': 3 },
  });
  const basis = await run.sql.query<{ demand_basis: string; daily_demand: number }>(
    "SELECT demand_basis, daily_demand FROM mart_days_of_supply WHERE dealer_id = 'A'",
  );
  expect(basis).toMatchObject([{ demand_basis: 'trailing_mean' }]);
  expect(basis[0]?.daily_demand).toBeCloseTo(TRAILING, 9);
});
