import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { LIVE_TOPICS, type LiveRow } from '../../models/contract/live.ts';
import type { ProcessorLoop } from '../../processors/loop/loop.ts';
import { SqlClient } from '../../sql/client.ts';
import { ANALYST_DATABASES } from '../../stack/lab/lab.ts';
import { eventually } from '../../stack/lab/pipeline.ts';
import { ProcessorsRun } from './processors-run.ts';

/** The worst that an analyst can ask, and the board beside it. */
const stack = inject('stack');
const [database] = ANALYST_DATABASES;
const server = new SqlClient({ url: stack.clickhouse_url, ...stack.admin });
const analyst = new SqlClient({
  url: stack.clickhouse_url,
  ...stack.analyst,
  database,
  request_timeout_ms: 120_000,
});
/** The limit of time that an endless query is to meet, shorter than the 60 s that hold without it; others must not meet it. */
const ENDLESS_S = 15;
const OTHERS_S = 90;
/** So often the board must have taken an order in while the worst queries run: it does some thirty on two cores. */
const ORDERS_MIN = 5;

const TIMEOUT_EXCEEDED = 159;
const MEMORY_LIMIT_EXCEEDED = 241;
const TOO_MANY_ROWS_OR_BYTES = 396;
const ENDLESS = `SELECT sum(cityHash64(a.number, b.number)) FROM numbers_mt(10000000) AS a CROSS JOIN numbers_mt(10000000) AS b`;
const WORST: readonly (readonly [query: string, seconds: number, code: number])[] = [
  // Twice, so that every core is busy with them whatever their threads are.
  [ENDLESS, ENDLESS_S, TIMEOUT_EXCEEDED],
  [ENDLESS, ENDLESS_S, TIMEOUT_EXCEEDED],
  [
    `SELECT length(groupArray(concat(toString(number), repeat('x', 100)))) FROM numbers_mt(10000000000)`,
    OTHERS_S,
    MEMORY_LIMIT_EXCEEDED,
  ],
  [
    `SELECT o.order_id FROM core_orders AS o CROSS JOIN numbers(10000000) AS n`,
    OTHERS_S,
    TOO_MANY_ROWS_OR_BYTES,
  ],
];

let run: ProcessorsRun;
let loop: ProcessorLoop;
let orders = 0;

beforeAll(async () => {
  await server.command(`DROP DATABASE IF EXISTS ${database} SYNC`);
  run = await ProcessorsRun.create(new Date(), database);
  loop = await run.restart();
  loop.start();
}, 120_000);
afterAll(async () => {
  await loop.stop();
  await run.drop();
  await Promise.all([server.close(), analyst.close()]);
});

/** Takes one more order in, from the ledger to the board's rows. */
async function takeOrder(now: Date): Promise<void> {
  orders += 1;
  await run.deliver('order', [
    {
      event_id: `o${orders}`,
      source: 'erp',
      event_time: now.toISOString(),
      dealer_id: 'D1',
      order_id: `O${orders}`,
      line_no: 1,
      sku_id: 'S1',
      stage: 'placed',
      qty: 1,
      unit_price: '5.00',
      currency: 'CNY',
      channel: 'portal',
    },
  ]);
  await eventually(`the value of ${orders} orders`, () => {
    const row = run.rows<LiveRow<'kpis'>>('kpis').get('orders_today_value');
    return Promise.resolve(row?.value === 5 * orders ? true : undefined);
  });
}

test('the worst queries are ended by their limits, and meanwhile the board takes order after order in and answers', async () => {
  const now = new Date();
  run.moveTo(now);
  await takeOrder(now);
  let running = WORST.length;
  const ends = WORST.map(([query, seconds]) =>
    analyst
      .query(query, { settings: { max_execution_time: seconds } })
      .then(
        () => null,
        (error: unknown) => (error as { server_code?: number }).server_code,
      )
      .finally(() => (running -= 1)),
  );
  const before = orders;
  while (running > 0) {
    await takeOrder(now);
    for (const topic of LIVE_TOPICS) await run.sql.queryFile(`queries/live/${topic}.sql`);
  }
  expect(await Promise.all(ends)).toEqual(WORST.map(([, , code]) => code));
  expect(orders - before).toBeGreaterThanOrEqual(ORDERS_MIN);
}, 240_000);
