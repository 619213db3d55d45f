import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LiveRow } from '../../models/contract/live.ts';
import { PROCESSORS } from '../../processors/registry.ts';
import { ProcessorsRun } from './processors-run.ts';

/** Turnover (D2) divides costs by stock of one currency, of the window that ends now; the wall and the mart say the same. */
const DAY = 86_400_000;
const now = new Date();
const ago = (days: number): string => new Date(now.getTime() - days * DAY).toISOString();
const KEPT = [
  'conflicts',
  'feed-arrivals',
  'order-lines',
  'sales-days',
  'stock-days',
  'kpi-inventory_turnover',
];
let run: ProcessorsRun;
let n = 0;
beforeEach(async () => {
  run = await ProcessorsRun.create(now);
  await run.restart(PROCESSORS.filter(({ id }) => KEPT.includes(id)));
  await run.deliver(
    'product',
    [
      ['YUAN', 'CNY'],
      ['DOLLAR', 'USD'],
    ].map(([sku_id, currency]) => ({
      ...{
        source: 'mdm',
        event_id: sku_id,
        event_time: ago(300),
        valid_from: ago(300),
        sku_id,
        name: sku_id,
      },
      ...{ category: 'C', unit_cost: '2', currency },
    })),
  );
});
afterEach(() => run.drop());

const stock = (dealer_id: string, sku_id: string, currency: string): object => ({
  ...{
    source: 'wms',
    event_id: `w${n++}`,
    event_time: ago(10),
    dealer_id,
    location_id: 'L',
    sku_id,
    currency,
  },
  ...{ on_hand: 10, in_transit: 0, committed: 0, unit_cost: '2' },
});
const shipped = (dealer_id: string, sku_id: string, days_ago = 5): object => ({
  ...{
    source: 'erp',
    event_id: `o${n}`,
    event_time: ago(days_ago),
    dealer_id,
    order_id: `O${n++}`,
    line_no: 1,
    sku_id,
  },
  ...{ stage: 'shipped', qty: 5, unit_price: '20', currency: 'CNY', channel: 'edi' },
});
async function turnover(stocks: object[], orders: object[]): Promise<LiveRow<'kpis'> | undefined> {
  await run.deliver('stock', stocks);
  await run.deliver('order', orders);
  await run.catchUp();
  return run.rows<LiveRow<'kpis'>>('kpis').get('inventory_turnover');
}

test('where no cost is known in the currency of the stock turnover is null, not 0', async () => {
  expect(await turnover([stock('A', 'YUAN', 'USD')], [shipped('A', 'YUAN')])).toMatchObject({
    value: null,
    reason: 'the unit cost of what was shipped is in another currency',
  });
});

test('what is costed in another currency than any of the dealer’s stock is left out, and named', async () => {
  const stocks = [stock('A', 'YUAN', 'CNY'), stock('A', 'DOLLAR', 'CNY')];
  const told = await turnover(stocks, [shipped('A', 'YUAN'), shipped('A', 'DOLLAR')]);
  expect(told?.value).toBeCloseTo((10 / 40) * (365 / 10), 3);
  expect(told?.reason).toBe('without shipments whose unit cost is in another currency');
});

test('a dealer that holds and is shipped goods of both currencies lacks nothing', async () => {
  const stocks = [stock('A', 'YUAN', 'CNY'), stock('A', 'DOLLAR', 'USD')];
  const told = await turnover(stocks, [shipped('A', 'YUAN'), shipped('A', 'DOLLAR')]);
  expect(told?.value).toBeCloseTo((10 / 20) * (365 / 10), 3);
  expect(told?.reason).toBe('without what is in USD');
});

test('what a clock that is ahead tells of days to come counts in neither the wall nor the mart', async () => {
  const told = await turnover([stock('A', 'YUAN', 'CNY')], [shipped('A', 'YUAN'), shipped('A', 'YUAN', -3)]);
  expect(told?.value).toBeCloseTo((10 / 20) * (365 / 10), 3);
  const [row] = await run.sql.query<{ cogs: string; turnover_per_year: number }>(
    'SELECT * FROM mart_turnover',
  );
  expect(row?.cogs).toBe('10');
  expect(row?.turnover_per_year).toBeCloseTo(told?.value ?? NaN, 2);
});
