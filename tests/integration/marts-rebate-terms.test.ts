import { afterAll, beforeAll, expect, test } from 'vitest';
import { runChecks } from '../../sql/checks.ts';
import { PROCESSORS } from '../../processors/registry.ts';
import { ProcessorsRun } from './processors-run.ts';

/** Which days and documents belong to which version of a rebate programme, where a version begins or ends within a period. */
const now = new Date();
let run: ProcessorsRun;

/** An instant of local time (UTC+8) in the year before this one: every period of it is over. */
const YEAR = now.getUTCFullYear() - 1;
const local = (text: string): string => `${YEAR}-${text}+08:00`;

const version = (program_id: string, valid_from: string, more: object): object => ({
  source: 'mdm',
  event_id: `${program_id} ${valid_from}`,
  event_time: valid_from,
  valid_from,
  program_id,
  basis: 'net_sales',
  period: 'month',
  tiers: [{ from: 0, rate_pct: 1 }],
  retroactive: true,
  ...more,
});

let n = 0;
const shipped = (dealer_id: string, event_time: string, qty: string, unit_price: string): object => ({
  source: 'erp',
  event_id: `s${n++}`,
  event_time,
  dealer_id,
  order_id: `O${n}`,
  line_no: 1,
  sku_id: 'S1',
  stage: 'shipped',
  qty,
  unit_price,
  currency: 'CNY',
  channel: 'edi',
});
const paid = (program_id: string, period: string, amount: string): object => ({
  source: 'finance',
  event_id: `m${n++}`,
  event_time: local('12-20T12:00:00.000'),
  dealer_id: 'D1',
  doc_id: `M${n}`,
  kind: 'rebate_payment',
  amount,
  currency: 'CNY',
  program_id,
  period: `${YEAR}-${period}`,
});

beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  await run.restart(PROCESSORS.filter(({ id }) => id === 'conflicts' || id === 'sales-days'));
  const twice = { rate_pct: 2, from: 0 };
  await run.deliver('rebate_program', [
    version('ENDS', local('05-01T00:00:00.000'), { valid_to: local('06-30T23:59:59.999') }),
    version('NOON', local('05-01T00:00:00.000'), { valid_to: local('06-30T12:00:00.000') }),
    version('HANDED', local('05-01T00:00:00.000'), {}),
    version('HANDED', local('06-30T12:00:00.000'), { tiers: [twice] }),
    version('QUARTERLY', local('05-01T00:00:00.000'), {}),
    version('QUARTERLY', local('08-15T00:00:00.000'), { period: 'quarter', tiers: [twice] }),
  ]);
  await run.deliver('order', [
    shipped('D1', local('06-29T10:00:00.000'), '1', '100'),
    shipped('D1', local('06-30T00:00:00.000'), '1', '1000'),
    shipped('D1', local('06-30T23:59:59.000'), '1', '10000'),
    shipped('D1', local('07-01T00:00:00.000'), '1', '100000'),
    shipped('D1', local('08-10T00:00:00.000'), '1', '300'),
    shipped('D1', local('08-20T00:00:00.000'), '1', '700'),
  ]);
  await run.deliver('money', [
    paid('QUARTERLY', '07', '1000'),
    paid('QUARTERLY', '09', '14'),
    paid('ENDS', '06', '111'),
  ]);
  await run.catchUp();
});
afterAll(() => run.drop());

const rebates = (program_id: string): Promise<object[]> =>
  run.sql.query(
    `SELECT period, substring(toString(period_start), 6, 2) AS month, net_sales, amount, booked, difference
     FROM mart_rebates WHERE program_id = {program_id: String} ORDER BY period_start, period`,
    { params: { program_id } },
  );

test('a programme counts the whole of its last day, at whatever hour of it it ends', async () => {
  const june = { period: 'month', month: '06', net_sales: '11100', amount: '111' };
  expect(await rebates('ENDS')).toEqual([{ ...june, booked: '111', difference: '0' }]);
  expect(await rebates('NOON')).toEqual([{ ...june, booked: '0', difference: '-111' }]);
});

test('a day on which one version takes the place of another counts once', async () => {
  expect(await rebates('HANDED')).toMatchObject([
    { month: '06', net_sales: '11100', amount: '222' },
    { month: '07', net_sales: '100000' },
    { month: '08', net_sales: '1000' },
  ]);
});

test('where months become quarters, each part of the time has its own terms, and is paid by the documents of its months', async () => {
  expect((await rebates('QUARTERLY')).slice(1)).toEqual([
    { period: 'month', month: '07', net_sales: '100000', amount: '1000', booked: '1000', difference: '0' },
    { period: 'quarter', month: '07', net_sales: '700', amount: '14', booked: '14', difference: '0' },
    { period: 'month', month: '08', net_sales: '300', amount: '3', booked: '0', difference: '-3' },
  ]);
});

test('a month and a quarter that begin on one day are each conserved', async () => {
  const results = await runChecks(run.sql);
  expect(results.filter(({ violations }) => violations.length > 0)).toEqual([]);
});
