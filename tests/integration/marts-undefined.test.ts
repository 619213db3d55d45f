import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROCESSORS } from '../../processors/registry.ts';
import { sqlText } from '../../sql/client.ts';
import { ProcessorsRun, TIME_ZONE } from './processors-run.ts';

/** What cannot be known of a dealer is null with a reason that is true, and what is counted is counted once. */
const DAY = 86_400_000;
const now = new Date();
/** Noon of the local day so many days ago. */
const ago = (days: number): string =>
  new Date(Math.floor((now.getTime() + DAY / 3) / DAY) * DAY - DAY / 3 - days * DAY + DAY / 2).toISOString();

let run: ProcessorsRun;
let n = 0;
const order = (dealer_id: string, stage: string, days_ago: number, more: object = {}): object => ({
  source: 'erp',
  event_id: `o${n++}`,
  event_time: ago(days_ago),
  dealer_id,
  order_id: dealer_id,
  line_no: 1,
  sku_id: 'S1',
  stage,
  qty: 5,
  unit_price: '20',
  currency: 'CNY',
  channel: 'edi',
  ...more,
});
const stock = (dealer_id: string, days_ago: number, more: object = {}): object => ({
  source: 'wms',
  event_id: `w${n++}`,
  event_time: ago(days_ago),
  dealer_id,
  location_id: 'L',
  sku_id: 'S1',
  on_hand: 10,
  in_transit: 0,
  committed: 0,
  unit_cost: '2',
  currency: 'CNY',
  ...more,
});

beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  const marts = ['conflicts', 'order-lines', 'sales-days', 'stock-days'];
  await run.restart(PROCESSORS.filter(({ id }) => marts.includes(id)));
  const since = { source: 'mdm', event_time: ago(300), valid_from: ago(300), currency: 'CNY' };
  await run.deliver('product', [
    { ...since, event_id: 'p', sku_id: 'S1', name: 'S1', category: 'C', unit_cost: '2' },
  ]);
  await run.deliver('price', [{ ...since, event_id: 'f', sku_id: 'S1', floor_price: '10' }]);
  await run.deliver('stock', [
    ...[20, 10, 1].map((days) => stock('DOLLARS', days, { currency: 'USD' })),
    ...[20, 10, 1].map((days) => stock('UNSOLD', days)),
    ...Array.from({ length: 29 }, (_, days) => stock('EMPTY', days, { on_hand: 0 })),
    stock('CANCELS', 3, { on_hand: 0 }),
  ]);
  await run.deliver('order', [
    order('DOLLARS', 'placed', 6),
    order('DOLLARS', 'shipped', 5),
    order('EMPTY', 'placed', 5),
    order('CANCELS', 'placed', 40),
    order('CANCELS', 'cancelled', 5),
    order('GIFTS', 'placed', 4, { unit_price: '0' }),
    order('GIFTS', 'placed', 4, { line_no: 2, sku_id: 'S2' }),
    order('ONLY-GIFTS', 'placed', 4, { unit_price: '0' }),
    // An order by two ways, and one by one of them, at one o'clock in the local night: in UTC it is the day before.
    ...['edi', 'rep'].map((channel, line) => order('WAYS', 'placed', 200, { line_no: line + 1, channel })),
    order('WAYS', 'placed', 200, { order_id: 'other', event_time: early(200) }),
  ]);
  await run.catchUp();
});
afterAll(() => run.drop());

function early(days: number): string {
  return new Date(Date.parse(ago(days)) - (DAY * 11) / 24).toISOString();
}

test('stock in a currency in which no cost is known has no turnover, and what was not sold turns over no times', async () => {
  expect(
    await run.sql.query('SELECT dealer_id, turnover_per_year, reason FROM mart_turnover ORDER BY dealer_id'),
  ).toEqual([
    { dealer_id: 'CANCELS', turnover_per_year: null, reason: 'the stock has no value' },
    {
      dealer_id: 'DOLLARS',
      turnover_per_year: null,
      reason: 'the unit cost of what was shipped is in another currency',
    },
    { dealer_id: 'EMPTY', turnover_per_year: null, reason: 'the stock has no value' },
    { dealer_id: 'UNSOLD', turnover_per_year: 0, reason: 'nothing was sold in the window' },
  ]);
});

test('goods given away are below the floor; of nothing but gifts no share can be told', async () => {
  expect(
    await run.sql.query(
      `SELECT dealer_id, ruled_lines, violations, stability, reason FROM mart_price_compliance
       WHERE dealer_id LIKE '%GIFTS' ORDER BY dealer_id`,
    ),
  ).toEqual([
    { dealer_id: 'GIFTS', ruled_lines: 1, violations: 1, stability: 1, reason: '' },
    {
      dealer_id: 'ONLY-GIFTS',
      ruled_lines: 1,
      violations: 1,
      stability: null,
      reason: 'no line has a value',
    },
  ]);
});

test('who was out of stock for 28 days has no demand that could be seen, not none', async () => {
  expect(
    await run.sql.query("SELECT days_of_supply, reason FROM mart_days_of_supply WHERE dealer_id = 'EMPTY'"),
  ).toEqual([
    { days_of_supply: null, reason: 'out of stock on all of the last 28 days: no demand could be seen' },
  ]);
});

test('what was lost has no value where nothing was placed, and says so', async () => {
  expect(
    await run.sql.query(
      "SELECT days_out, mean_price, lost_value, reason FROM mart_lost_sales WHERE dealer_id = 'CANCELS'",
    ),
  ).toEqual([
    { days_out: 1, mean_price: null, lost_value: null, reason: 'no price in one currency is known' },
  ]);
});

test('an order by two ways counts for each of them, and once among all', async () => {
  const month = ago(200).slice(0, 7);
  expect(
    await run.sql.query(
      `SELECT channel, orders, all_orders, share FROM mart_order_channels WHERE toString(month) = '${month}-01' ORDER BY channel`,
    ),
  ).toEqual([
    { channel: 'edi', orders: 2, all_orders: 2, share: 1 },
    { channel: 'rep', orders: 1, all_orders: 2, share: 0.5 },
  ]);
});

test('the saved query of a day asks the local day, as the mart of sales does', async () => {
  const day = ago(200).slice(0, 10);
  const params = { day, time_zone: TIME_ZONE, known_at: '2299-12-31 00:00:00' };
  const told = await run.sql.query(sqlText('queries/analyst/orders-as-known.sql'), { params });
  expect(told).toEqual([{ currency: 'CNY', lines: 3, value: '300' }]);
  expect(
    await run.sql.query(
      `SELECT currency, sum(placed_lines) AS lines, sum(placed_value) AS value FROM mart_sales_days WHERE day = '${day}' GROUP BY currency`,
    ),
  ).toEqual(told);
});
