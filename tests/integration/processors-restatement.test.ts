import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LiveRow } from '../../models/contract/live.ts';
import { ProcessorsRun } from './processors-run.ts';

/** What a late event of yesterday does to the board, whose clock is moved on. */
const MINUTE = 60_000;
/** Noon of 10 March in Shanghai. */
const NOON = Date.parse('2026-03-10T04:00:00.000Z');
const YESTERDAY = '2026-03-08T16:00:00.000Z';
const order = (order_id: string, stage: string, event_time: string, qty: number) => ({
  event_id: `${order_id}-${stage}-${event_time}`,
  source: 'erp',
  event_time,
  dealer_id: 'D1',
  order_id,
  line_no: 1,
  sku_id: 'S1',
  stage,
  qty,
  unit_price: '5.00',
  currency: 'CNY',
  channel: 'portal',
  requested_date: '2026-03-08',
});

let run: ProcessorsRun;
const fill = (): LiveRow<'kpis'> | undefined => run.rows<LiveRow<'kpis'>>('kpis').get('fill_rate');
const history = (restated: boolean) =>
  run.sql.query<{
    value: number;
    value_before: number | null;
    difference: number | null;
    known_until: unknown;
  }>(
    `SELECT value, value_before, round(difference, 9) AS difference, known_until FROM mart_kpi_history
     WHERE id = 'fill_rate' AND bucket_start = {day: DateTime64(3, 'UTC')} AND restated = {restated: Bool}`,
    { params: { day: new Date(YESTERDAY), restated } },
  );

beforeAll(async () => {
  run = await ProcessorsRun.create(new Date(NOON));
  await run.deliver('order', [
    order('O1', 'placed', '2026-03-07T02:00:00.000Z', 10),
    order('O1', 'shipped', '2026-03-07T12:00:00.000Z', 6),
  ]);
  await run.catchUp();
}, 120_000);
afterAll(() => run.drop());

test('what comes while history is being loaded restates nothing', async () => {
  run.moveTo(new Date(NOON + 6 * MINUTE));
  await run.deliver('order', [order('O1', 'shipped', '2026-03-07T13:00:00.000Z', 1)]);
  await run.catchUp();
  expect(fill()).toMatchObject({ value: 0.7 });
  expect(fill()).not.toHaveProperty('restated');
  expect(await history(true)).toEqual([]);
});

test('a late event restates a closed day that had stood: the board says by how much, and keeps what it said', async () => {
  run.moveTo(new Date(NOON + 30 * MINUTE));
  const restated_at = new Date(NOON + 30 * MINUTE).toISOString();
  await run.deliver('order', [order('O1', 'shipped', '2026-03-07T14:00:00.000Z', 2)]);
  await run.catchUp();
  expect(fill()).toMatchObject({
    value: 0.9,
    restated: true,
    restatement: { bucket_start: YESTERDAY, value: 0.9, value_before: 0.7, restated_at },
  });
  expect(await history(true)).toEqual([
    { value: 0.9, value_before: 0.7, difference: 0.2, known_until: null },
  ]);
  expect(await history(false)).toMatchObject([
    { value: 0.6, value_before: null },
    { value: 0.7, value_before: 0.6, known_until: restated_at },
  ]);
  // As it was told ten minutes before, and in the minute of the change.
  const told = await run.sql.queryFile('queries/analyst/kpi-as-told-at.sql', {
    params: { id: 'fill_rate', at: new Date(NOON + 20 * MINUTE) },
  });
  expect(told).toContainEqual({
    bucket_start: YESTERDAY,
    value_then: 0.7,
    value_now: 0.9,
    difference: 0.9 - 0.7,
  });
});

test('a day later the mark is gone, and the history stays', async () => {
  run.moveTo(new Date(NOON + 25 * 60 * MINUTE));
  await run.catchUp();
  expect(fill()).not.toHaveProperty('restated');
  expect(fill()).not.toHaveProperty('restatement');
  expect(await history(true)).toHaveLength(1);
});
