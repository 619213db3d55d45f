import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROCESSORS } from '../../processors/registry.ts';
import { ProcessorsRun } from './processors-run.ts';

/** A line placed again, after a rework say, is one order: every figure counts its first placing, as the read model of lines does. */
const now = new Date();
const DAY = 86_400_000;
const KEPT = PROCESSORS.filter(({ id }) => ['conflicts', 'order-lines', 'sales-days'].includes(id));
const dayOf = (days_ago: number): string =>
  new Date(now.getTime() - days_ago * DAY).toISOString().slice(0, 10);
let n = 0;
let run: ProcessorsRun;

/** At noon of the installation's day, so many days ago. */
const entered = (
  stage: string,
  order_id: string,
  days_ago: number,
  [qty, unit_price]: readonly [string, string],
): object => ({
  ...{ source: 'erp', event_id: `e${n++}`, event_time: `${dayOf(days_ago)}T04:00:00.000Z`, dealer_id: 'D1' },
  ...{ order_id, line_no: 1, sku_id: 'S1', stage, qty, unit_price, currency: 'CNY', channel: 'edi' },
});

beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  await run.restart(KEPT);
  const valid_from = '2020-01-01T00:00:00.000Z';
  await run.deliver('price', [
    {
      ...{ source: 'mdm', event_id: 'floor', event_time: valid_from, valid_from },
      ...{ sku_id: 'S1', floor_price: '10', currency: 'CNY' },
    },
  ]);
});
afterAll(() => run.drop());

const deliver = async (...events: object[]): Promise<void> => {
  await run.deliver('order', events);
  await run.catchUp();
};

/** What was placed, as each figure tells it, beside what the lines say. */
async function placed(): Promise<Record<string, unknown>> {
  const [figures] = await run.sql.query<Record<string, unknown>>(`
    SELECT
      (SELECT (count(), sum(ordered_qty * unit_price)) FROM mart_order_lines WHERE placed_at IS NOT NULL) AS lines,
      (SELECT (sum(placed_lines), sum(placed_value)) FROM mart_sales_days) AS sales_days,
      (SELECT (sum(placed_lines), sum(placed_value)) FROM mart_sales_days_as_known(known_at = '2299-12-31', utc_days = [])) AS as_known,
      (SELECT sum(ordered) FROM mart_order_money) AS order_money,
      (SELECT (sum(lines), sum(sales_value), sum(violations)) FROM mart_price_compliance) AS compliance,
      (SELECT groupArray(order_id) FROM (SELECT order_id FROM mart_price_violations ORDER BY order_id)) AS violations,
      (SELECT groupArray((toString(day), placed_lines)) FROM (SELECT day, sum(placed_lines) AS placed_lines FROM mart_sales_days GROUP BY day HAVING placed_lines > 0 ORDER BY day)) AS days`);
  if (figures === undefined) throw new Error('no figures');
  return figures;
}

/** What they all have to say of so many lines worth so much, placed on those days. */
const told = (
  lines: number,
  value: string,
  days: readonly [number, number][],
  below: string[] = [],
): object => ({
  lines: [lines, value],
  sales_days: [lines, value],
  as_known: [lines, value],
  order_money: value,
  compliance: [lines, value, below.length],
  violations: below,
  days: days.map(([days_ago, count]) => [dayOf(days_ago), count]),
});

test('a line placed again after a rework counts once, as it was placed first', async () => {
  await deliver(
    entered('placed', 'A', 9, ['10', '20']),
    entered('rework', 'A', 8, ['10', '20']),
    entered('placed', 'A', 7, ['8', '5']),
    entered('shipped', 'A', 6, ['8', '5']),
  );
  expect(await placed()).toEqual(told(1, '200', [[9, 1]]));
});

test('the placing that comes late moves the line to its day', async () => {
  await deliver(entered('placed', 'B', 5, ['3', '1']));
  expect(await placed()).toEqual(told(2, '203', [[9, 1], [5, 1]], ['B'])); // prettier-ignore
  await deliver(entered('placed', 'B', 8, ['2', '10']));
  expect(await placed()).toEqual(told(2, '220', [[9, 1], [8, 1]])); // prettier-ignore
});

test('what else happens on the day of the later placing changes nothing', async () => {
  await deliver(entered('placed', 'C', 7, ['1', '10']));
  expect(await placed()).toEqual(told(3, '230', [[9, 1], [8, 1], [7, 1]])); // prettier-ignore
});

test('of two placings at one instant one counts', async () => {
  await deliver(entered('placed', 'E', 4, ['1', '10']), entered('placed', 'E', 4, ['2', '10']));
  expect(await placed()).toEqual(told(4, '240', [[9, 1], [8, 1], [7, 1], [4, 1]])); // prettier-ignore
});

test('made anew from nothing the marts say the same', async () => {
  for (const id of ['order-lines', 'sales-days']) {
    const [rebuilt] = await run.rebuild(id);
    expect({ id, hash: rebuilt?.hash_after }).toEqual({ id, hash: rebuilt?.hash_before });
  }
});
