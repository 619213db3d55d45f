import { afterAll, beforeAll, expect, test } from 'vitest';
import { KPIS } from '../../processors/figures/kpis/registry.ts';
import { PROCESSORS } from '../../processors/registry.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import { ProcessorsRun, TIME_ZONE } from './processors-run.ts';

/** Figures about an instant within a day: the snapshots that came later that day, in their own time, change nothing about it. */
const DAY = 86_400_000;
const now = new Date();
/** An hour of the local day before this one, which is eight hours ahead of UTC. */
const yesterday = (hour: number, days_before = 0): Date =>
  new Date(
    Math.floor((now.getTime() + DAY / 3) / DAY) * DAY - DAY / 3 - (1 + days_before) * DAY + (hour * DAY) / 24,
  );
let run: ProcessorsRun;
let n = 0;

const snapshot = (at: Date, on_hand: number, unit_cost = '2'): object => ({
  source: 'wms',
  event_id: `w${n++}`,
  event_time: at.toISOString(),
  dealer_id: 'A',
  location_id: 'L',
  sku_id: 'S1',
  on_hand,
  in_transit: 0,
  committed: 0,
  unit_cost,
  currency: 'CNY',
});
const order = (stage: string, at: Date): object => ({
  source: 'erp',
  event_id: `o${n++}`,
  event_time: at.toISOString(),
  dealer_id: 'A',
  order_id: 'O1',
  line_no: 1,
  sku_id: 'S1',
  stage,
  qty: 28,
  unit_price: '5',
  currency: 'CNY',
  channel: 'edi',
});

beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  await run.restart(
    PROCESSORS.filter(({ id }) =>
      ['conflicts', 'feed-arrivals', 'order-lines', 'sales-days', 'stock-days'].includes(id),
    ),
  );
  await run.deliver('product', [
    {
      source: 'mdm',
      event_id: 'p',
      event_time: yesterday(0, 300).toISOString(),
      valid_from: yesterday(0, 300).toISOString(),
      sku_id: 'S1',
      name: 'S1',
      category: 'C',
      unit_cost: '2',
      currency: 'CNY',
    },
  ]);
  await run.deliver('order', [order('placed', yesterday(9, 5)), order('shipped', yesterday(9, 1))]);
  await run.deliver('stock', [
    snapshot(yesterday(12, 1), 100),
    snapshot(yesterday(10), 0),
    snapshot(yesterday(11), 14),
    snapshot(yesterday(20), 1000),
  ]);
  await run.catchUp();
});
afterAll(() => run.drop());

async function at(hour: number): Promise<Record<string, unknown>> {
  const question = {
    sql: run.sql,
    settings: readSettings(TIME_ZONE, 'CNY'),
    as_of: yesterday(hour),
    known_at: now,
  };
  const told = await Promise.all(
    KPIS.filter(({ id }) => /stockout_dealers|days_of_supply|inventory_turnover/.test(id)).map((kpi) =>
      kpi.asKnown(question),
    ),
  );
  return Object.fromEntries(
    told.map(({ id, value, value_now, restated }) => {
      expect(value_now).toBe(value);
      expect(restated).toBeUndefined();
      return [id, value];
    }),
  );
}

test('the stock at an instant is that of the last snapshot before it, whatever came later that day', async () => {
  // 28 ordered in 28 days: one a day.
  expect(await at(9)).toMatchObject({ stockout_dealers: 0, days_of_supply: 100 });
  expect(await at(10.5)).toMatchObject({ stockout_dealers: 1, days_of_supply: 0 });
  expect(await at(12)).toMatchObject({ stockout_dealers: 0, days_of_supply: 14 });
  expect(await at(21)).toMatchObject({ stockout_dealers: 0, days_of_supply: 1000 });
});

test('turnover weighs each snapshot by the time that it held up to the instant', async () => {
  // 56 of cost since the day of the first snapshot; at 20 o'clock 200 had been held for 22 hours, nothing for one, 28 for nine.
  const { inventory_turnover } = await at(20);
  expect(inventory_turnover).toBeCloseTo((56 * 365 * 24) / (200 * 22 + 28 * 9), 6);
});
