import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROCESSORS } from '../../processors/registry.ts';
import type { RunnableProcessor } from '../../processors/processor.ts';
import { Random } from '../../simulator/random.ts';
import { channelOf } from './processors-channel.ts';
import { ProcessorsRun } from './processors-run.ts';

/** Copies of the marts' rows in the order of a time say what the marts say, also after a run was broken off between two tables. */
const now = new Date();
const { orders: once, scans, references } = channelOf('copies', now);
/** What was reworked is placed again. */
const orders = once.flatMap((event) =>
  event.stage === 'rework'
    ? [event, { ...event, event_id: `${event.event_id}-again`, stage: 'placed' }]
    : [event],
);
const KEPT = PROCESSORS.filter(({ id }) =>
  ['conflicts', 'order-lines', 'sales-days', 'code-journeys'].includes(id),
);
const DAY = 86_400_000;
const TERMINAL = "('delivered', 'cancelled', 'returned')";

/** What each copy holds, and what it has to hold by the mart itself: rows of one shape. */
const COPIES = {
  moments: [
    `SELECT moment, at_day, dealer_id, order_id, line_no, ordered_qty, placed_at, first_shipped_at FROM mart_order_moments`,
    `SELECT 'placed', toDate32(placed_at), dealer_id, order_id, line_no, ordered_qty, placed_at, first_shipped_at
     FROM mart_order_lines WHERE placed_at IS NOT NULL
     UNION ALL
     SELECT 'shipped', toDate32(first_shipped_at), dealer_id, order_id, line_no, ordered_qty, placed_at, first_shipped_at
     FROM mart_order_lines WHERE first_shipped_at IS NOT NULL
     UNION ALL
     SELECT 'due', if(requested_date IS NULL, addDays(toDate32(placed_at), 7), addDays(requested_date, 1)),
       dealer_id, order_id, line_no, ordered_qty, placed_at, first_shipped_at
     FROM mart_order_lines WHERE placed_at IS NOT NULL`,
  ],
  visits: [
    `SELECT until_day, last_day, dealer_id, order_id, line_no, visit_no, stage, entered_at, left_at, last_event_time
     FROM raw_mart_order_visits FINAL`,
    `SELECT toDate32(coalesce(visited_until[n], if(visited[n] IN ${TERMINAL}, last_event_time, toDateTime64('2299-12-31', 3, 'UTC')))),
       toDate32(last_event_time), dealer_id, order_id, line_no, n, visited[n], visited_from[n], visited_until[n], last_event_time
     FROM mart_order_lines ARRAY JOIN range(1, length(visited) + 1) AS n`,
  ],
  placed_again: [
    `SELECT dealer_id, order_id, line_no, placed_at FROM raw_mart_lines_placed_again FINAL`,
    `SELECT DISTINCT dealer_id, order_id, line_no, at FROM mart_order_lines ARRAY JOIN entered_at AS at, stages AS one
     WHERE one = 'placed' AND length(arrayFilter(stage -> stage = 'placed', stages)) > 1`,
  ],
  sales: [
    `SELECT dealer_id, day, sku_id, currency, cost_currency, shipped_qty, shipped_value, returned_qty, returned_value
     FROM raw_mart_dealer_sales FINAL`,
    `SELECT dealer_id, day, sku_id, currency, cost_currency, shipped_qty, shipped_value, returned_qty, returned_value
     FROM mart_sales_days WHERE shipped_qty != 0 OR returned_qty != 0`,
  ],
  shipments: [
    `SELECT shipped_day, code, first_shipped_at, seen_at, dealer_id, shipped_by, sku_id FROM mart_code_shipments`,
    `SELECT toDate32(shipped_at[1]), code, shipped_at[1], seen_at, shipped_to[1], shipped_by[1], sku_id FROM mart_code_journeys WHERE length(shipped_at) > 0`,
  ],
  legs: [
    `SELECT shipped_day, code, leg_no, level, sku_id, dealer_id, shipped_at, next_seen_at FROM mart_code_legs`,
    `SELECT toDate32(shipped_at[n]), code, n, level, sku_id, shipped_to[n], shipped_at[n], next_seen_at[n]
     FROM mart_code_journeys ARRAY JOIN range(1, length(shipped_at) + 1) AS n`,
  ],
} as const;

/** The mart whose rows each view copies. */
const VIEW_OF: Readonly<Record<string, string>> = {
  to_moments: 'raw_mart_order_lines',
  to_visits: 'raw_mart_order_lines',
  to_placed_again: 'raw_mart_order_lines',
  to_shipments: 'raw_mart_code_journeys',
  to_legs: 'raw_mart_code_journeys',
  to_dealer_sales: 'raw_mart_sales_days',
};

let run: ProcessorsRun;
beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  await run.restart(KEPT);
  for (const { type, event } of references) await run.deliver(type, [event]);
});
afterAll(() => run.drop());

/** Rows of each copy, and how many stand on one side only. */
async function compared(): Promise<Record<string, { rows: number; differences: number }>> {
  const found: Record<string, { rows: number; differences: number }> = {};
  for (const [name, [copy, mart]] of Object.entries(COPIES)) {
    const [row] = await run.sql.query<{ rows: number; differences: number }>(
      `SELECT count() AS rows, countIf(copies != 1 OR owns != 1) AS differences
       FROM (SELECT toString(tuple(* EXCEPT is_copy)) AS row, sum(is_copy) AS copies, sum(1 - is_copy) AS owns FROM
         (SELECT *, 1 AS is_copy FROM (${copy}) UNION ALL SELECT *, 0 AS is_copy FROM (${mart}))
         GROUP BY row)`,
    );
    if (row === undefined) throw new Error(name);
    found[name] = row;
  }
  return found;
}

async function expectEqual(): Promise<void> {
  for (const [name, { rows, differences }] of Object.entries(await compared())) {
    expect(rows, name).toBeGreaterThan(['shipments', 'legs'].includes(name) ? 3 : 100);
    expect(differences, name).toBe(0);
  }
}

/** As they are, but each run counts as failed when all is written. */
const brokenOff = (processor: RunnableProcessor): RunnableProcessor => ({
  ...processor,
  run: async (context) => {
    await processor.run(context);
    throw new Error('broken off');
  },
});

test('in any order of arrival, and when made anew', async () => {
  const random = new Random('arrival');
  const all = [
    ...orders.map((event) => ({
      type: 'order',
      event: event,
      at: random.float(),
    })),
    ...scans.map((event) => ({ type: 'scan', event: event, at: random.float() })),
  ].sort((a, b) => a.at - b.at);
  for (const batch of [all.slice(0, 300), all.slice(300, 320), all.slice(320)]) {
    for (const type of ['order', 'scan'] as const)
      await run.deliver(
        type,
        batch.filter((one) => one.type === type).map(({ event }) => event),
      );
    await run.catchUp();
  }
  await expectEqual();
  await run.rebuild();
  await expectEqual();
}, 120_000);

/** All orders and codes once more, so many days earlier: every row of every copy gets another place. */
const earlier = (days: number) => {
  const moved = (event: { event_id: string; event_time: string }) => ({
    ...event,
    event_id: `${event.event_id}-${days}`,
    event_time: new Date(Date.parse(event.event_time) - days * DAY).toISOString(),
  });
  return { orders: orders.map(moved), scans: scans.map(moved) };
};

test.each([
  [
    'the mart was written and its copies were not',
    ['to_moments', 'to_visits', 'to_shipments', 'to_dealer_sales', 'to_placed_again'],
    1,
  ],
  ['one copy was written and the other was not', ['to_visits'], 2],
])(
  'after a run of which %s',
  async (_, detached, days) => {
    const views = detached.map((view) => `${VIEW_OF[view] ?? ''}_${view}`);
    const late = earlier(days);
    await run.restart(KEPT);
    await run.deliver('order', late.orders.slice(0, 150));
    await run.deliver('scan', late.scans);
    for (const view of views) await run.sql.command(`DETACH TABLE ${view}`);
    const loop = await run.restart(
      KEPT.map((one) => (one.trigger.on === 'data' && one.mart ? brokenOff(one) : one)),
    );
    await loop.pass('all');
    expect(loop.failureOf('order-lines')).toBe('broken off');
    for (const view of views) await run.sql.command(`ATTACH TABLE ${view}`);
    const broken = await compared();
    expect(Object.values(broken).some(({ differences }) => differences > 0)).toBe(true);
    // More has come for the same orders before the next process starts.
    await run.deliver('order', late.orders.slice(150));
    await run.restart(KEPT);
    await run.catchUp();
    await expectEqual();
  },
  120_000,
);

test('after a run of which a copy was written and the mart was not', async () => {
  await run.sql.command(
    `INSERT INTO raw_mart_order_moments
     SELECT * REPLACE (at_day - 3 AS at_day, {version: UInt64} AS version)
     FROM raw_mart_order_moments FINAL`,
    { params: { version: 2 * Date.now() + 1 } },
  );
  expect((await compared())['moments']?.differences).toBeGreaterThan(100);
  await run.deliver('order', earlier(3).orders.slice(0, 5));
  await run.restart(KEPT);
  await run.catchUp();
  await expectEqual();
}, 120_000);
