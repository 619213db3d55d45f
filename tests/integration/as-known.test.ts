import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { KnownKpi } from '../../models/contract/metrics.ts';
import type { Problem } from '../../models/contract/problem.ts';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';

/** Figures about yesterday, as they were known before late events came and as they are known after, on the whole path. */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The last instant of yesterday in Shanghai, eight hours ahead all year. */
const END_OF_YESTERDAY = Math.floor((Date.now() + 8 * HOUR) / DAY) * DAY - 8 * HOUR - 1;
const yesterday = (hour: number, days_before = 0): string =>
  new Date(END_OF_YESTERDAY + 1 + (hour - 24) * HOUR - days_before * DAY).toISOString();
const as_of = new Date(END_OF_YESTERDAY).toISOString();

let ids = 0;
const event = (event_time: string, fields: object) => ({
  event_id: `e${(ids += 1)}`,
  source: 'erp',
  event_time,
  dealer_id: 'D1',
  sku_id: 'S1',
  ...fields,
});
const order = (order_id: string, stage: string, at: string, qty: number, unit_price: string) =>
  event(at, {
    order_id,
    line_no: 1,
    stage,
    qty,
    unit_price,
    currency: 'CNY',
    channel: 'portal',
    // Only the first falls due before yesterday ends: the others in a week.
    ...(order_id === 'O1' && { requested_date: yesterday(12, 1).slice(0, 10) }),
  });
const stock = (at: string, on_hand: number) =>
  event(at, {
    location_id: 'L1',
    on_hand,
    in_transit: 0,
    committed: 0,
    unit_cost: '2.00',
    currency: 'CNY',
  });
const scan = (at: string, biz_step: string, fields: object) =>
  event(at, { code: 'CASE-1', level: 'case', biz_step, ...fields });

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await Pipeline.start(inject('stack'));
}, 300_000);
afterAll(() => pipeline.stop());

async function known(query: Readonly<Record<string, string>>): Promise<Record<string, KnownKpi>> {
  const response = await pipeline.fetch(`/v1/kpis?${new URLSearchParams(query).toString()}`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  const { items } = JSON.parse(text) as { items: KnownKpi[] };
  return Object.fromEntries(items.map((kpi) => [kpi.id, kpi]));
}
const valuesOf = (kpis: Readonly<Record<string, KnownKpi>>): Record<string, number | null> =>
  Object.fromEntries(Object.entries(kpis).map(([id, { value }]) => [id, value]));
const toldNow = (kpis: Readonly<Record<string, KnownKpi>>): Record<string, number | null> =>
  Object.fromEntries(Object.entries(kpis).map(([id, { value_now }]) => [id, value_now]));

/** Asks until the marts have taken in what was posted. */
async function untilKnown(expected: Readonly<Record<string, number>>): Promise<Record<string, KnownKpi>> {
  let told = {};
  const kpis = await eventually('the figures of yesterday to change', async () => {
    const answer = await known({ as_of });
    told = toldNow(answer);
    const is_there = Object.entries(expected).every(
      ([id, value]) => Math.abs((answer[id]?.value_now ?? NaN) - value) < 1e-9,
    );
    // Each mart takes in what it reads in its own time: the figures that nothing is expected of have come, too, when the marts say of them
    // what the ledgers do.
    const is_whole = Object.values(answer).every(({ restated }) => restated === undefined);
    return is_there && is_whole ? answer : undefined;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(told)}`);
  });
  return kpis;
}

test('what late events change is told as it was known before them, and as it is known now', async () => {
  const reference = {
    event_id: 'p1',
    source: 'mdm',
    event_time: yesterday(0, 60),
    valid_from: yesterday(0, 60),
  };
  await pipeline.post('product', [
    {
      ...reference,
      sku_id: 'S1',
      gtin: '06901234567892',
      name: 'One',
      category: 'C',
      brand: 'B',
      unit_cost: '2.00',
      list_price: '5.00',
      currency: 'CNY',
      pack_qty: 1,
      lead_time_days: 3,
      shelf_life_days: 365,
    },
  ]);
  await pipeline.post('order', [
    order('O1', 'placed', yesterday(10, 2), 10, '5.00'),
    order('O1', 'shipped', yesterday(20, 2), 6, '5.00'),
    order('O2', 'placed', yesterday(10), 4, '2.50'),
  ]);
  await pipeline.post('stock', [stock(yesterday(9, 3), 28), stock(yesterday(9), 20)]);
  await pipeline.post('scan', [scan(yesterday(9, 10), 'shipping', { dealer_id: 'HQ', to_dealer_id: 'D1' })]);
  // 20 units at a mean of 10 / 28 a day; 6 of 10 shipped on time; 10 h from placed to shipped.
  const first = await untilKnown({
    orders_today_value: 10,
    fill_rate: 0.6,
    days_of_supply: 56,
    scan_coverage: 0,
    open_diversion_cases: 0,
    stockout_dealers: 0,
    order_cycle_p50: 10,
  });
  expect(Object.values(first).filter(({ restated }) => restated)).toEqual([]);
  expect(valuesOf(first)).toEqual(toldNow(first));
  const turnover_then = first['inventory_turnover']?.value ?? NaN;
  expect(turnover_then).toBeGreaterThan(0);

  const as_known_at = new Date().toISOString();
  await pipeline.post('order', [
    order('O1', 'shipped', yesterday(22, 2), 4, '5.00'),
    order('O3', 'placed', yesterday(11), 1, '100.00'),
  ]);
  await pipeline.post('stock', [stock(yesterday(20), 0)]);
  await pipeline.post('scan', [scan(yesterday(9, 9), 'receiving', {})]);
  const after = {
    orders_today_value: 110,
    fill_rate: 1,
    days_of_supply: 0,
    scan_coverage: 1,
    open_diversion_cases: 0,
    stockout_dealers: 1,
    order_cycle_p50: 10,
  };
  const now = await untilKnown(after);
  expect(valuesOf(now)).toMatchObject(after);
  expect(now['inventory_turnover']?.value).toBeGreaterThan(turnover_then);

  const then = await known({ as_of, as_known_at });
  expect(valuesOf(then)).toEqual(valuesOf(first));
  for (const { id, value_now, restated } of Object.values(then)) {
    const is_changed = !['open_diversion_cases', 'order_cycle_p50'].includes(id);
    expect({ id, value_now, restated }).toEqual({
      id,
      value_now: now[id]?.value,
      restated: is_changed ? true : undefined,
    });
  }
  // Before anything had come nothing was known, and no feed is as good as none.
  const nothing = await known({ as_of, as_known_at: as_of });
  expect(nothing['fill_rate']).toMatchObject({ value: null, reason: 'no order feed yet', value_now: 1 });

  const [lines] = await pipeline.sql.query(
    `SELECT (SELECT count() FROM mart_order_lines_as_known(known_at = {then: DateTime64(3, 'UTC')}, first_day = '2000-01-01', last_day = '2299-12-31')) AS then,
            (SELECT count() FROM mart_order_lines) AS now`,
    { params: { then: new Date(as_known_at) } },
  );
  expect(lines).toEqual({ then: 2, now: 3 });
}, 300_000);

test('what cannot be known is refused, with a pointer', async () => {
  const ahead = new Date(Date.now() + HOUR).toISOString();
  for (const [query, pointer] of [
    [{ as_known_at: ahead }, '/as_known_at'],
    [{ as_of: new Date().toISOString(), as_known_at: as_of }, '/as_of'],
    [{ as_of: 'yesterday' }, '/as_of'],
  ] as const) {
    const response = await pipeline.fetch(`/v1/kpis?${new URLSearchParams(query).toString()}`);
    expect(response.status).toBe(400);
    const { errors = [] } = (await response.json()) as Problem;
    expect(errors.map((one) => one.pointer)).toContain(pointer);
  }
});
