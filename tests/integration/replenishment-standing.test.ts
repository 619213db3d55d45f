import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPolicy } from '../../processors/replenishment/policy.ts';
import { suggestFromLatest } from '../../processors/replenishment/suggestions.ts';
import { storeVersion } from './forecast-versions.ts';
import { ProcessorsRun, TIME_ZONE } from './processors-run.ts';

/**
 * What orders are suggested to whom, of what: not of products that are discontinued, not to dealers that trade no more, and not again what
 * was accepted a few days ago. Each sells 10 a day, for sure; 5 days of lead time and 7 of review make 120.
 */
const DAY_MS = 86_400_000;
const now = new Date();
const ago = (days: number): string => new Date(now.getTime() - days * DAY_MS).toISOString();
const localDay = (days_ago: number): string =>
  new Date(now.getTime() + 8 * 3_600_000 - days_ago * DAY_MS).toISOString().slice(0, 10);

const SKUS = [
  'KEPT',
  'GONE',
  'RENEWED',
  'UNTOLD',
  'ACCEPTED',
  'EDITED',
  'PLACED',
  'REJECTED',
  'OLD',
] as const;
const DEALERS = { D1: 'active', D2: 'closed', D3: 'suspended', D4: 'contracted' } as const;
const PAIRS = [
  ...SKUS.map((sku_id) => ['D1', sku_id] as const),
  ...Object.keys(DEALERS).map((dealer_id) => [dealer_id, 'KEPT'] as const),
].filter(([dealer_id, sku_id], i) => i < SKUS.length || `${dealer_id} ${sku_id}` !== 'D1 KEPT');
let run: ProcessorsRun;

const product = (sku_id: string, valid_from: string, valid_to: string | null) => ({
  ...{ source: 'mdm', event_id: `${sku_id} ${valid_from}`, event_time: valid_from, valid_from, valid_to },
  ...{ sku_id, name: sku_id, category: 'c', lead_time_days: 5, pack_qty: '1', currency: 'CNY' },
  ...{ unit_cost: '10', list_price: '110' },
});
const suggest = (at: Date) => suggestFromLatest(run.sql, readPolicy(), { time_zone: TIME_ZONE, now: at });
const suggested = async (): Promise<Record<string, object>> => {
  const rows = await run.sql.query<{ pair: string }>(
    `SELECT concat(dealer_id, ' ', sku_id) AS pair, qty, on_order, position FROM mart_replenishment WHERE state = 'open' ORDER BY pair`,
  );
  return Object.fromEntries(rows.map(({ pair, ...row }) => [pair, row]));
};

beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  await run.deliver('product', [
    ...SKUS.filter((sku_id) => !['UNTOLD', 'GONE', 'RENEWED'].includes(sku_id)).map((sku_id) =>
      product(sku_id, ago(400), null),
    ),
    ...['GONE', 'RENEWED'].map((sku_id) => product(sku_id, ago(400), ago(14))),
    product('RENEWED', ago(14), null),
  ]);
  await run.deliver(
    'dealer',
    Object.entries(DEALERS).map(([dealer_id, status]) => ({
      ...{
        source: 'crm',
        event_id: dealer_id,
        event_time: ago(400),
        valid_from: ago(400),
        dealer_id,
        status,
      },
      ...{ name: dealer_id, tier: 1, territory_id: 'T1', adcode: '310000', lat: 31, lon: 121 },
    })),
  );
  await storeVersion(run.sql, {
    ...{ forecast_version: 'fc-hand-01', start: localDay(0), days: 28, weeks: 12 },
    means: Object.fromEntries(PAIRS.map((pair) => [pair.join(' '), 10])),
  });
  await run.sql.insertRows(
    'raw_mart_stock_days',
    PAIRS.map(([dealer_id, sku_id]) => ({
      ...{ dealer_id, sku_id, location_id: 'W', currency: 'CNY', value: '0', value_seconds: '0' },
      ...{ day: localDay(1), first_at: ago(1), last_at: ago(1), snapshots: 1, version: 1 },
      ...{ on_hand: '0', in_transit: '0', committed: '0', available: '0', available_max: '0' },
    })),
  );
});
afterAll(() => run.drop());

test('a product whose last version has ended is ordered no more, nor is one ordered by a dealer that trades no more', async () => {
  await suggest(new Date(now.getTime() - 7 * DAY_MS));
  const pairs = Object.keys(await suggested());
  expect(pairs).toEqual(
    [...SKUS.filter((sku_id) => sku_id !== 'GONE').map((sku_id) => `D1 ${sku_id}`), 'D4 KEPT'].toSorted(),
  );
});

test('what was accepted lately is on order until an order tells of it, in the next week too', async () => {
  const decided = (sku_id: string, decision: string, qty: number | null, days_ago: number) => ({
    ...{ decision, qty, reason: 'test', decided_by: 'test', decided_at: ago(days_ago) },
    sku_id,
  });
  const ids = await run.sql.query<{ suggestion_id: string; sku_id: string }>(
    "SELECT suggestion_id, sku_id FROM mart_replenishment WHERE dealer_id = 'D1'",
  );
  const idOf = (sku_id: string): string => ids.find((row) => row.sku_id === sku_id)?.suggestion_id ?? '';
  await run.sql.insertRows(
    'raw_mart_suggestion_decisions',
    [
      decided('ACCEPTED', 'accepted', 120, 2),
      decided('EDITED', 'edited', 50, 2),
      decided('PLACED', 'accepted', 120, 2),
      decided('REJECTED', 'rejected', null, 2),
      decided('OLD', 'accepted', 120, 20),
    ].map(({ sku_id, ...row }) => ({ suggestion_id: idOf(sku_id), ...row })),
  );
  await run.sql.insertRows('raw_mart_order_lines', [
    {
      ...{ dealer_id: 'D1', order_id: 'O', line_no: 1, sku_id: 'PLACED', currency: 'CNY', channel: 'edi' },
      ...{ ordered_qty: '100', unit_price: '1', placed_at: ago(1), stage: 'placed', stage_since: ago(1) },
      ...{
        stages: ['placed'],
        entered_qty: ['100'],
        entered_at: [ago(1)],
        visited: ['placed'],
        visited_from: [ago(1)],
      },
      ...{ visited_until: [null] },
      ...{ first_event_time: ago(1), last_event_time: ago(1), version: 1 },
    },
  ]);
  await suggest(now);
  expect(await suggested()).toMatchObject({
    'D1 KEPT': { qty: 120, on_order: 0 },
    'D1 EDITED': { qty: 70, on_order: 50, position: 50 },
    'D1 REJECTED': { qty: 120 },
    'D1 OLD': { qty: 120 },
  });
  const pairs = Object.keys(await suggested());
  // 100 are placed, 20 of those accepted are not yet.
  expect(pairs).not.toContain('D1 PLACED');
  expect(pairs).not.toContain('D1 ACCEPTED');
});
