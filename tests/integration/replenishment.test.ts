import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { OrderRow, TransferRow } from '../../dashboard/server/suggestions/suggestion-rows.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { startSuggestions, type DueSuggestions } from '../../processors/replenishment/due-suggestions.ts';
import { eventually, Pipeline } from '../../stack/lab/pipeline.ts';
import { storeVersion } from './forecast-versions.ts';

/**
 * Suggestions from a forecast, stock and orders written by hand: every dealer sells 10 a day of each product, for sure, so that a target
 * is the sum of days. Review 7 days; lead times 5 days (S…), 45 (SLOW) and 100 (FAR).
 */
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const LONG_MS = 180_000;
/** Today in Shanghai. */
const TODAY = new Date(Date.now() + 8 * HOUR_MS).toISOString().slice(0, 10);
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString();
const dayAhead = (days: number): string =>
  new Date(Date.parse(TODAY) + days * DAY_MS).toISOString().slice(0, 10);

const LEAD_TIMES: Readonly<Record<string, number>> = {
  ...{ OVERRIDDEN: 5, PART: 5, CANCELLED: 5, ARRIVED: 5, SHARED: 5, SLOW: 45, FAR: 100 },
};
const MEANS = Object.fromEntries(
  [...Object.keys(LEAD_TIMES).map((sku_id) => `D1 ${sku_id}`), ...['D2 SHARED', 'D3 SHARED']].map((pair) => [
    pair,
    10,
  ]),
);
let pipeline: Pipeline;
let suggestions: DueSuggestions;

const environment = (own: Record<string, string> = {}) => ({ ...process.env, ...pipeline.env, ...own });
const start = (own: Record<string, string> = {}): DueSuggestions =>
  startSuggestions({
    sql: pipeline.sql,
    log: createLogger('test', 'silent'),
    on_timer: false,
    env: environment(own),
  });

const stock = (dealer_id: string, sku_id: string, on_hand: number, hours_ago: number) => ({
  ...{ dealer_id, sku_id, location_id: 'W1', currency: 'CNY', value: '0', value_seconds: '0' },
  day: new Date(Date.parse(ago(hours_ago)) + 8 * HOUR_MS).toISOString().slice(0, 10),
  ...{ first_at: ago(hours_ago), last_at: ago(hours_ago), snapshots: 1, version: Date.now() },
  ...{ on_hand: String(on_hand), in_transit: '0', committed: '0' },
  ...{ available: String(on_hand), available_max: String(on_hand) },
});

/** One line of 100 with the further stages [stage, units, hours ago]. */
const line = (sku_id: string, further: readonly (readonly [string, number, number])[]) => {
  const stages = [['placed', 100, 240] as const, ...further];
  return {
    ...{ dealer_id: 'D1', order_id: `O-${sku_id}`, line_no: 1, sku_id, currency: 'CNY', channel: 'edi' },
    ...{ ordered_qty: '100', unit_price: '1', placed_at: ago(240), reworks: 0, revisited: false },
    ...{ stage: stages.at(-1)?.[0], stage_since: ago(stages.at(-1)?.[2] ?? 0), expedited: false },
    stages: stages.map(([stage]) => stage),
    entered_qty: stages.map(([, qty]) => String(qty)),
    entered_at: stages.map(([, , hours]) => ago(hours)),
    ...{ first_event_time: ago(240), last_event_time: ago(stages.at(-1)?.[2] ?? 0), version: Date.now() },
  };
};

const orderOf = async (sku_id: string): Promise<OrderRow | undefined> =>
  (
    await pipeline.sql.query<OrderRow>(
      "SELECT * FROM mart_replenishment WHERE dealer_id = 'D1' AND sku_id = {sku_id: String}",
      { params: { sku_id } },
    )
  )[0];
const openTransfers = (): Promise<TransferRow[]> =>
  pipeline.sql.query("SELECT * FROM mart_transfers WHERE state = 'open'");
const decide = (id: string, body: object): Promise<Response> =>
  pipeline.fetch(`/v1/suggestions/${encodeURIComponent(id)}/decision`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const runs = async (): Promise<number> => {
  const [row] = await pipeline.sql.query<{ n: number }>('SELECT count() AS n FROM raw_mart_suggestion_runs');
  return row?.n ?? NaN;
};
const override = (sku_id: string, bucket_grain: 'day' | 'week', bucket_start: string, qty: number | null) =>
  pipeline.fetch('/v1/forecasts/overrides', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      items: [{ dealer_id: 'D1', sku_id, bucket_grain, bucket_start, override_qty: qty, reason: 'a tender' }],
    }),
  });

beforeAll(async () => {
  pipeline = await Pipeline.start(inject('stack'), ['edge', 'sink', 'server']);
  const valid_from = ago(24 * 200);
  const reference = { source: 'erp', event_time: valid_from, valid_from };
  const skus = Object.entries(LEAD_TIMES);
  await pipeline.post(
    'product',
    skus.map(([sku_id, lead_time_days], i) => ({
      ...{
        ...reference,
        event_id: `p${i}`,
        sku_id,
        name: sku_id,
        category: 'c',
        lead_time_days,
        pack_qty: 1,
      },
      ...{ unit_cost: '10.00', list_price: '110.00', currency: 'CNY' },
    })),
  );
  await pipeline.post(
    'dealer',
    ['D1', 'D2', 'D3'].map((dealer_id, i) => ({
      ...{ ...reference, event_id: `d${i}`, dealer_id, name: dealer_id, tier: 1, territory_id: 'T1' },
      ...{ adcode: '310000', lat: 31 + i / 10, lon: 121, status: 'active' },
    })),
  );
  await storeVersion(pipeline.sql, {
    ...{ forecast_version: 'fc-hand-01', start: TODAY, days: 28, weeks: 12, means: MEANS },
    uplifts: { 'D1 OVERRIDDEN': 2 },
  });
  await pipeline.sql.insertRows('raw_mart_stock_days', [
    ...skus.map(([sku_id]) => stock('D1', sku_id, 0, 24)),
    // 340 less 28 days of 10: a surplus of 60.
    stock('D2', 'SHARED', 340, 24),
  ]);
  await pipeline.sql.insertRows('raw_mart_order_lines', [
    line('PART', [['shipped', 10, 30]]),
    line('CANCELLED', [
      ['cancelled', 30, 100],
      ['shipped', 20, 90],
      ['delivered', 20, 80],
    ]),
    line('ARRIVED', [
      ['shipped', 100, 50],
      ['delivered', 100, 5],
    ]),
  ]);
  await eventually('the reference data', async () => {
    const [row] = await pipeline.sql.query<{ n: number }>(
      'SELECT (SELECT count() FROM core_products) + (SELECT count() FROM core_dealers) AS n',
    );
    return row?.n === skus.length + 3 ? true : undefined;
  });
  suggestions = start();
  await suggestions.look();
}, LONG_MS);
afterAll(async () => {
  await suggestions.stop();
  await pipeline.stop();
});

describe('a suggested order', () => {
  it('goes by the quantities of a line, not by the stage that its last part stands in', async () => {
    expect(await orderOf('PART')).toMatchObject({
      ...{ on_hand: 0, on_order: 90, in_transit: 10, committed: 0, position: 100, target: 120, qty: 20 },
    });
    // Of 100, 30 were cancelled, 20 have come: 50 are still to be shipped.
    expect(await orderOf('CANCELLED')).toMatchObject({ on_order: 50, in_transit: 0, position: 50 });
  });

  it('counts as on its way what has arrived since the last snapshot, which cannot have counted it', async () => {
    expect(await orderOf('ARRIVED')).toMatchObject({ on_hand: 0, on_order: 0, in_transit: 100, qty: 20 });
  });

  it('covers a lead time that is longer than the daily forecast, and says where the forecast ends', async () => {
    expect(await orderOf('SLOW')).toMatchObject({
      ...{ lead_time_days: 45, review_days: 7, covered_days: 52, demand: 520, qty: 520 },
    });
    expect(await orderOf('FAR')).toMatchObject({
      ...{ lead_time_days: 100, covered_days: 84, demand: 840, qty: 840 },
    });
  });

  it(
    'follows an override by day and by week, in a run that is due by itself, and one that is taken back',
    async () => {
      const before = await runs();
      expect((await override('OVERRIDDEN', 'day', dayAhead(1), 100)).status).toBe(200);
      // The fifth week: what lies beyond the days.
      expect((await override('SLOW', 'week', dayAhead(28), 700)).status).toBe(200);
      await suggestions.look();
      expect(await runs()).toBe(before + 1);
      expect(await orderOf('OVERRIDDEN')).toMatchObject({ demand: 210, qty: 210, promo_uplift: 11 * 2 + 20 });
      expect(await orderOf('SLOW')).toMatchObject({ demand: 520 + 630, qty: 520 + 630 });
      await suggestions.look();
      expect(await runs()).toBe(before + 1);
      await override('OVERRIDDEN', 'day', dayAhead(1), null);
      await suggestions.look();
      expect(await orderOf('OVERRIDDEN')).toMatchObject({ demand: 120, qty: 120, promo_uplift: 24 });
      expect(await orderOf('SLOW')).toMatchObject({ promo_uplift: null });
    },
    LONG_MS,
  );

  it('stays as it was decided on, though a later run would order another quantity', async () => {
    const before = await orderOf('CANCELLED');
    expect((await decide(before?.suggestion_id ?? '', { decision: 'accepted' })).status).toBe(200);
    await pipeline.sql.insertRows('raw_mart_stock_days', [stock('D1', 'CANCELLED', 30, 0.1)]);
    await pipeline.command('processors/replenishment/cli.ts', []);
    const { on_hand, position, qty, created_at } = before ?? {};
    expect(await orderOf('CANCELLED')).toMatchObject({
      ...{ on_hand, position, qty, created_at, state: 'accepted', decided_qty: qty },
    });
  });

  it('is told as of its first run while later ones find nothing new', async () => {
    const [part, slow] = [await orderOf('PART'), await orderOf('SLOW')];
    await pipeline.command('processors/replenishment/cli.ts', []);
    expect(await orderOf('PART')).toEqual(part);
    expect(await orderOf('SLOW')).toEqual(slow);
    expect((slow?.created_at ?? '') > (part?.created_at ?? '')).toBe(true);
  });
});

describe('an accepted transfer', () => {
  it(
    'is promised by the giver and on its way to the receiver: its surplus is not promised again',
    async () => {
      const [transfer] = await openTransfers();
      expect(transfer).toMatchObject({
        ...{ from_dealer_id: 'D2', to_dealer_id: 'D1', qty: 50, surplus: 60, shortage: 50 },
      });
      const id = transfer?.suggestion_id ?? '';
      // The giver has 60 to spare.
      const beyond = await decide(id, { decision: 'edited', qty: 61, reason: 'all of it' });
      expect(beyond.status).toBe(422);
      expect(await beyond.json()).toMatchObject({
        errors: [{ pointer: '/qty', detail: 'is 61 units, of which D2 has 60 to spare' }],
      });
      // Another transfer of its surplus that was to be had at the same time.
      const [made] = await pipeline.sql.query<object>('SELECT * FROM raw_mart_transfers FINAL');
      const beside = { ...made, suggestion_id: 'tr:D2:D4:SHARED:now', to_dealer_id: 'D4' };
      await pipeline.sql.insertRows('raw_mart_transfers', [beside]);
      const both = await Promise.all([
        decide(id, { decision: 'accepted' }),
        decide(beside.suggestion_id, { decision: 'accepted' }),
      ]);
      expect(both.map(({ status }) => status).toSorted()).toEqual([200, 422]);
      await decide(beside.suggestion_id, { decision: 'rejected', reason: 'only for the test' });
      expect((await decide(id, { decision: 'accepted' })).status).toBe(200);
      await pipeline.sql.insertRows('raw_mart_stock_days', [stock('D3', 'SHARED', 0, 24)]);
      await suggestions.look();
      const open = await openTransfers();
      expect(open).toHaveLength(1);
      expect(open[0]).toMatchObject({
        ...{ from_dealer_id: 'D2', to_dealer_id: 'D3', qty: 10, surplus: 10, shortage: 50 },
      });
      expect(await orderOf('SHARED')).toMatchObject({ in_transit: 50, position: 50, qty: 70 });
    },
    LONG_MS,
  );
});

describe('suggestions', () => {
  it(
    'of a new version are due until a run has come to its end, however the one before ended',
    async () => {
      const before = await runs();
      await storeVersion(pipeline.sql, {
        ...{ forecast_version: 'fc-hand-02', start: TODAY, days: 28, weeks: 12 },
        means: { ...MEANS, 'D1 PART': 20 },
      });
      const failing = start({ DMS_TIME_ZONE: 'Nowhere/None' });
      await expect(failing.look()).rejects.toThrow('ended with');
      expect(await runs()).toBe(before);
      await suggestions.look();
      expect(await runs()).toBe(before + 1);
      expect(await orderOf('PART')).toMatchObject({ forecast_version: 'fc-hand-02', target: 240, qty: 140 });
    },
    LONG_MS,
  );

  it(
    'that the last run did not make again are open no longer, of orders and of transfers, of this week and of earlier ones',
    async () => {
      expect(await orderOf('ARRIVED')).toMatchObject({ state: 'open' });
      expect(await openTransfers()).toMatchObject([{ from_dealer_id: 'D2', to_dealer_id: 'D3' }]);
      // An open one of a week long ago: the need that it was about is in the position of now.
      const [made] = await pipeline.sql.query<object>(
        "SELECT * FROM raw_mart_replenishment FINAL WHERE dealer_id = 'D1' AND sku_id = 'PART'",
      );
      await pipeline.sql.insertRows('raw_mart_replenishment', [
        { ...made, suggestion_id: 'rp:D1:PART:2024-W01', cycle: '2024-W01', version: 1 },
      ]);
      await pipeline.sql.insertRows('raw_mart_stock_days', [
        stock('D1', 'ARRIVED', 1_000, 0.1),
        stock('D3', 'SHARED', 1_000, 0.1),
      ]);
      await pipeline.command('processors/replenishment/cli.ts', []);
      expect(await orderOf('ARRIVED')).toBeUndefined();
      expect(await openTransfers()).toEqual([]);
      const of_part = "SELECT cycle FROM mart_replenishment WHERE sku_id = 'PART'";
      expect(await pipeline.sql.query(of_part)).toEqual([{ cycle: (await orderOf('PART'))?.cycle }]);
      expect((await orderOf('PART'))?.cycle).not.toBe('2024-W01');
    },
    LONG_MS,
  );

  it('are due after some hours, though nothing but stock has moved', async () => {
    const dueAfter = (hours_max: number) =>
      pipeline.sql.queryFile('queries/forecast/suggestions-due.sql', { params: { hours_max } });
    expect(await dueAfter(6)).toEqual([{ forecast_version: 'fc-hand-02', overrides: 0, is_due: false }]);
    expect(await dueAfter(0)).toEqual([{ forecast_version: 'fc-hand-02', overrides: 0, is_due: true }]);
  });
});

describe('the wall', () => {
  it('sums what is planned: overrides in place of the means', async () => {
    expect((await override('PART', 'day', dayAhead(2), 5)).status).toBe(200);
    expect((await override('SLOW', 'day', dayAhead(3), 1_010)).status).toBe(200);
    const rows = await pipeline.sql.queryFile<{ day: string; mean: number; previous: number }>(
      'queries/forecast/board.sql',
      { params: { time_zone: 'Asia/Shanghai' } },
    );
    const at = (days: number) => rows.find(({ day }) => day === dayAhead(days));
    // Eight series of 10 and one of 20 a day; the version before had nine of 10.
    expect(at(1)).toMatchObject({ mean: 100, previous: 90 });
    expect(at(2)).toMatchObject({ mean: 85, previous: 90 });
    expect(at(3)).toMatchObject({ mean: 1_100, previous: 90 });
  });

  it('has a spread that moves with an override: cut in proportion, raised by the root, as it was from nothing', async () => {
    const [row] = await pipeline.sql.query(
      `SELECT core_planned_spread(10., 100., 50.) AS cut, core_planned_spread(10., 100., 400.) AS raised,
         core_planned_spread(10., 0., 50.) AS made, core_planned_spread(10., 100., 100.) AS same, core_planned_spread(10., 100., 0.) AS none`,
    );
    expect(row).toEqual({ cut: 5, raised: 20, made: 10, same: 10, none: 0 });
  });
});
