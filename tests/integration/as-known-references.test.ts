import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inventoryTurnover } from '../../processors/figures/kpis/inventory-turnover.ts';
import { PROCESSORS } from '../../processors/registry.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import { ProcessorsRun, TIME_ZONE } from './processors-run.ts';

/** Which version of a product, a dealer or a price was known at a time, and the figure that depends on it. */
const now = new Date();
const DAY = 86_400_000;
const ago = (days: number): string => new Date(now.getTime() - days * DAY).toISOString();
const KEPT = ['conflicts', 'feed-arrivals', 'sales-days', 'stock-days'];

const version = (event_id: string, valid_from: string, fields: object) => ({
  event_id,
  source: 'mdm',
  // Of two versions with one valid_from the one with the later event_time holds.
  event_time: ago(event_id.endsWith('corrected') ? 0.1 : 100),
  valid_from,
  ...fields,
});
const product = (event_id: string, valid_from: string, unit_cost: string) =>
  version(event_id, valid_from, { sku_id: 'S1', name: 'One', category: 'C', unit_cost, currency: 'CNY' });
const dealer = (event_id: string, valid_from: string, name: string) =>
  version(event_id, valid_from, { dealer_id: 'D1', name, tier: 1, territory_id: 'T1', status: 'active' });
const price = (event_id: string, valid_from: string, floor_price: string) =>
  version(event_id, valid_from, { sku_id: 'S1', floor_price, currency: 'CNY' });
const event = (event_id: string, event_time: string, fields: object) => ({
  event_id,
  source: 'erp',
  event_time,
  dealer_id: 'D1',
  sku_id: 'S1',
  currency: 'CNY',
  ...fields,
});
const shipped = (event_id: string, event_time: string, qty: number) =>
  event(event_id, event_time, {
    order_id: event_id,
    line_no: 1,
    stage: 'shipped',
    qty,
    unit_price: '9.00',
    channel: 'portal',
  });
const snapshot = (event_id: string, event_time: string) =>
  event(event_id, event_time, {
    location_id: 'L1',
    on_hand: 50,
    in_transit: 0,
    committed: 0,
    unit_cost: '2.00',
  });

let run: ProcessorsRun;
/** When each of the three states of knowledge was complete. */
const known_at: Date[] = [];
async function learnt(): Promise<void> {
  await run.catchUp();
  const [row] = await run.sql.query<{ at: string }>(
    'SELECT max(at) AS at FROM (SELECT max(_ingested_at) AS at FROM raw_products UNION ALL SELECT max(_ingested_at) FROM raw_dealers UNION ALL SELECT max(_ingested_at) FROM raw_prices)',
  );
  known_at.push(new Date(row?.at ?? ''));
}

beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  await run.restart(PROCESSORS.filter(({ id }) => KEPT.includes(id)));
  await run.deliver('order', [shipped('o1', ago(10), 10), shipped('o2', ago(5), 20)]);
  await run.deliver('stock', [snapshot('s1', ago(30)), snapshot('s2', ago(15)), snapshot('s3', ago(1))]);
  await run.deliver('product', [product('first', ago(100), '2.00')]);
  await run.deliver('dealer', [dealer('first', ago(100), '旧名')]);
  await run.deliver('price', [price('first', ago(100), '10.00')]);
  await learnt();
  // A version that has held for a week becomes known.
  await run.deliver('product', [product('second', ago(7), '3.00')]);
  await run.deliver('dealer', [dealer('second', ago(7), '新名')]);
  await run.deliver('price', [price('second', ago(7), '12.00')]);
  await learnt();
  // And what the first one said turns out to be wrong.
  await run.deliver('product', [product('first corrected', ago(100), '2.50')]);
  await run.deliver('dealer', [dealer('first corrected', ago(100), '本名')]);
  await run.deliver('price', [price('first corrected', ago(100), '11.00')]);
  await learnt();
}, 120_000);
afterAll(() => run.drop());

/** The versions that held on the two days of shipment, as they were known then. */
async function heldAt(view: string, column: string, known: Date): Promise<readonly (string | null)[]> {
  const held = async (at: string): Promise<string | null> => {
    const [row] = await run.sql.query<{ value: string }>(
      `SELECT toString(${column}) AS value FROM ${view}(known_at = {known: DateTime64(3, 'UTC')})
       WHERE valid_from <= {at: DateTime64(3, 'UTC')} AND {at: DateTime64(3, 'UTC')} < effective_to`,
      { params: { known, at: new Date(at) } },
    );
    return row?.value ?? null;
  };
  return Promise.all([held(ago(10)), held(ago(5))]);
}

test.each([
  ['core_products_as_known', 'unit_cost', ['2', '2'], ['2', '3'], ['2.5', '3']],
  ['core_dealers_as_known', 'name', ['旧名', '旧名'], ['旧名', '新名'], ['本名', '新名']],
  ['core_prices_as_known', 'floor_price', ['10', '10'], ['10', '12'], ['11', '12']],
])('%s tells which version held, as known at each time', async (view, column, ...expected) => {
  for (const [n, known] of known_at.entries()) expect(await heldAt(view, column, known)).toEqual(expected[n]);
  const before = new Date((known_at[0]?.getTime() ?? 0) - DAY);
  expect(await heldAt(view, column, before)).toEqual([null, null]);
  // Of all that is known it says what the core view says.
  const core = view.replace('_as_known', '');
  const [row] = await run.sql.query<{ differ: number; rows: number }>(
    `SELECT (SELECT count() FROM ${core}) AS rows, count() AS differ FROM
       (SELECT event_id, valid_from, effective_to, ${column} FROM ${core}
        EXCEPT SELECT event_id, valid_from, effective_to, ${column} FROM ${view}(known_at = '2299-12-31'))`,
  );
  expect(row).toEqual({ rows: 3, differ: 0 });
});

describe('inventory turnover as known then', () => {
  /** Cost of 10 units shipped ten days ago and of 20 shipped five days ago. */
  const COGS = [10 * 2 + 20 * 2, 10 * 2 + 20 * 3, 10 * 2.5 + 20 * 3];
  const settings = readSettings(TIME_ZONE, 'CNY');

  test('takes the unit costs that were known then, not those that are known now', async () => {
    const as_of = new Date(now.getTime() - DAY / 2);
    const told = await Promise.all(
      known_at.map((known) => inventoryTurnover.asKnown({ sql: run.sql, settings, as_of, known_at: known })),
    );
    const last = told[2]?.value ?? NaN;
    expect(last).toBeGreaterThan(0);
    told.forEach(({ value, value_now, restated }, n) => {
      expect(value).toBeCloseTo((last * (COGS[n] ?? NaN)) / (COGS[2] ?? NaN), 9);
      expect(value_now).toBeCloseTo(last, 9);
      expect(restated).toBe(n === 2 ? undefined : true);
    });
  });

  test('and the mart of now holds what the last version says', async () => {
    const rows = await run.sql.query(
      'SELECT toString(sum(shipped_cost)) AS cost, toString(sum(uncosted_qty)) AS uncosted FROM mart_sales_days',
    );
    expect(rows).toEqual([{ cost: '85', uncosted: '0' }]);
  });
});
