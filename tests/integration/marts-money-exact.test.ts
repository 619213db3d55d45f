import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROCESSORS } from '../../processors/registry.ts';
import { runChecks } from '../../sql/checks.ts';
import { ProcessorsRun } from './processors-run.ts';

/** Values of three decimals times six: what is cut off nine decimals is missed by a sum. All lies in a month that is over. */
const now = new Date();
const MONTH = `${now.getUTCFullYear() - 1}-03`;
let run: ProcessorsRun;
let n = 0;

const shipped = (
  dealer_id: string,
  order_id: string,
  day: string,
  [qty, unit_price]: [string, string],
  stage = 'shipped',
): object => ({
  source: 'erp',
  event_id: `s${n++}`,
  event_time: `${MONTH}-${day}T04:00:00.000Z`,
  dealer_id,
  order_id,
  line_no: n,
  sku_id: 'S1',
  stage,
  qty,
  unit_price,
  currency: 'CNY',
  channel: 'edi',
});

beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  await run.restart(PROCESSORS.filter(({ id }) => id === 'conflicts' || id === 'sales-days'));
  const valid_from = '2020-01-01T00:00:00.000Z';
  const programme = { source: 'mdm', event_time: valid_from, valid_from, period: 'month', retroactive: true };
  await run.deliver('rebate_program', [
    {
      ...programme,
      event_id: 'p1',
      program_id: 'STEP',
      basis: 'net_sales',
      tiers: [
        { from: 1000, rate_pct: '1.5' },
        { from: 1_000_000, rate_pct: '99.9999' },
      ],
    },
    {
      ...programme,
      event_id: 'p2',
      program_id: 'UNITS',
      basis: 'qty',
      retroactive: false,
      tiers: [
        { from: 0, rate_pct: '0.1' },
        { from: '0.001', rate_pct: '99.9999' },
      ],
    },
  ]);
  await run.deliver('price', [
    {
      source: 'mdm',
      event_id: 'f',
      event_time: valid_from,
      valid_from,
      sku_id: 'S1',
      floor_price: '10',
      currency: 'CNY',
    },
  ]);
  await run.deliver('order', [
    // 0.0000005 + 0.0000005 + 999.999999 = 1000, on three days.
    shipped('STEPS', 'A', '02', ['0.001', '0.0005']),
    shipped('STEPS', 'B', '03', ['0.001', '0.0005']),
    shipped('STEPS', 'C', '04', ['1', '999.999999']),
    // 0.0024995 + 0.0025005 = 0.005: a cent.
    shipped('CENT', 'D', '02', ['0.001', '2.4995']),
    shipped('CENT', 'D', '02', ['0.001', '2.5005']),
    // Two floors of 10 missed by 7.5005 a unit: 0.0075005 each.
    ...['F', 'G'].map((order_id) => shipped('FLOOR', order_id, '02', ['0.001', '2.4995'], 'placed')),
    // The largest line that the contract takes.
    shipped('LARGEST', 'E', '02', ['999999999', '999999999999.999999']),
  ]);
  await run.deliver('money', [
    {
      source: 'finance',
      event_id: 'm1',
      event_time: `${MONTH}-05T04:00:00.000Z`,
      dealer_id: 'CENT',
      doc_id: 'M1',
      kind: 'invoice',
      amount: '0.01',
      currency: 'CNY',
      order_id: 'D',
    },
  ]);
  await run.catchUp();
});
afterAll(() => run.drop());

test('sales of several days that come to a step exactly reach it', async () => {
  expect(
    await run.sql.query(
      "SELECT net_sales, amount FROM mart_rebates WHERE program_id = 'STEP' AND dealer_id = 'STEPS'",
    ),
  ).toEqual([{ net_sales: '1000', amount: '15' }]);
});

test('lines that come to half a cent exactly are a cent, and match an invoice of one', async () => {
  expect(
    await run.sql.query(
      "SELECT pair, earlier_amount, later_amount FROM mart_reconciliation WHERE order_id = 'D' AND pair != 'invoice_payment' ORDER BY pair",
    ),
  ).toEqual([{ pair: 'order_shipment', earlier_amount: '0', later_amount: '0.01' }]);
});

test('what lines lack to their floors, and their value, is theirs to the last digit', async () => {
  expect(await run.sql.query('SELECT sum(shortfall) AS lacking FROM mart_price_violations')).toEqual([
    { lacking: '0.015001' },
  ]);
  expect(
    await run.sql.query('SELECT value, value_below FROM mart_price_compliance WHERE stability = 0'),
  ).toEqual([{ value: '0.004999', value_below: '0.004999' }]);
});

test('days that are kept are those that are computed anew, to the last digit', async () => {
  const valuesOf = (from: string): Promise<object[]> =>
    run.sql.query(
      `SELECT dealer_id, toString(day) AS day, placed_value, shipped_value, returned_value FROM ${from} ORDER BY ALL`,
    );
  const kept = await valuesOf('mart_sales_days');
  expect(kept.length).toBe(6);
  expect(kept).toEqual(
    await valuesOf("mart_sales_days_as_known(known_at = '2299-12-31 00:00:00', utc_days = [])"),
  );
});

test('the steps of a rebate on the largest line sum to it', async () => {
  const rows = await run.sql.query<{ program_id: string; amount: string; lines: string }>(
    `SELECT program_id, amount, arraySum(arrayMap(step -> step.4, steps)) AS lines FROM mart_rebates
     WHERE dealer_id = 'LARGEST' ORDER BY program_id`,
  );
  // 999999999 × 999999999999.999999 × 99.9999 %.
  expect(rows.map(({ amount }) => amount.slice(0, 8))).toEqual(['99999899', '99999899']);
  for (const { amount, lines } of rows) expect(lines).toBe(amount);
  const results = await runChecks(run.sql);
  expect(results.filter(({ violations }) => violations.length > 0)).toEqual([]);
});
