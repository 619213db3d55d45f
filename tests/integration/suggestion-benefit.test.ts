import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { OrderRow, TransferRow } from '../../dashboard/server/suggestions/suggestion-rows.ts';
import { Pipeline } from '../../stack/lab/pipeline.ts';

/**
 * Suggestions that were accepted 60 days ago, with stock and orders written by hand. An order has a lead time of 3 and a review of 4 days: it
 * makes a difference on days 3 to 6 after the decision; a transfer on days 1 to 28.
 */
const DAY_MS = 86_400_000;
const DECIDED_DAYS_AGO = 60;
let pipeline: Pipeline;

/** The local day (Shanghai) so many days after the decision. */
const day = (after: number): string =>
  new Date(Date.now() + 8 * 3_600_000 - (DECIDED_DAYS_AGO - after) * DAY_MS).toISOString().slice(0, 10);
const NOON_UTC = 'T04:00:00Z';

/** Stock at the end of days from `from` on; null = no snapshot. */
const stock = (dealer_id: string, sku_id: string, from: number, available: readonly (number | null)[]) =>
  available.flatMap((units, at) =>
    units === null
      ? []
      : [
          {
            ...{
              dealer_id,
              sku_id,
              location_id: 'W1',
              day: day(from + at),
              currency: 'CNY',
              value: '0',
              version: 1,
            },
            ...{ first_at: day(from + at) + NOON_UTC, last_at: day(from + at) + NOON_UTC, snapshots: 1 },
            ...{ on_hand: String(units), in_transit: '0', committed: '0', value_seconds: '0' },
            ...{ available: String(units), available_max: String(units) },
          },
        ],
  );
const ordered = (dealer_id: string, sku_id: string, after: number, placed_qty: number) => ({
  ...{ day: day(after), dealer_id, sku_id, currency: 'CNY', cost_currency: '', placed_lines: 1, version: 1 },
  ...{ placed_qty: String(placed_qty), placed_value: '0', cancelled_qty: '0', cancelled_value: '0' },
  ...{ shipped_qty: '0', shipped_value: '0', shipped_cost: '0', uncosted_qty: '0' },
  ...{ returned_qty: '0', returned_value: '0', returned_cost: '0' },
});
const order = (sku_id: string, qty: number) => ({
  ...{ suggestion_id: `rp:D1:${sku_id}:w`, cycle: 'w', dealer_id: 'D1', sku_id, qty, demand: qty, safety: 0 },
  ...{
    target: qty,
    position: 0,
    on_hand: 0,
    on_order: 0,
    in_transit: 0,
    committed: 0,
    rounding: 0,
    pack_qty: 1,
  },
  ...{ lead_time_days: 3, review_days: 4, service_level: 0.95, forecast_version: 'f', version: 1 },
  created_at: day(0) + NOON_UTC,
});
const decided = (suggestion_id: string, qty: number, decision = 'accepted', at = day(0) + NOON_UTC) => ({
  ...{ suggestion_id, decision, qty, reason: '', decided_by: 'w', decided_at: at },
});

beforeAll(async () => {
  pipeline = await Pipeline.start(inject('stack'), ['server']);
  const { sql } = pipeline;
  await sql.insertRows('raw_mart_replenishment', [
    ...[order('NEEDED', 10), order('PLENTY', 10), order('IGNORED', 10), order('CUT', 10)],
    ...[order('UNSEEN', 10), order('REJECTED', 10), order('NOW', 10)],
  ]);
  await sql.insertRows('raw_mart_transfers', [
    {
      ...{
        suggestion_id: 'tr:D2:D3:MOVED:w',
        cycle: 'w',
        from_dealer_id: 'D2',
        to_dealer_id: 'D3',
        sku_id: 'MOVED',
      },
      ...{ qty: 6, gain: '1.00', cost: '1.00', currency: 'CNY', distance_km: 1, surplus: 6, shortage: 6 },
      ...{ forecast_version: 'f', created_at: day(0) + NOON_UTC, version: 1 },
    },
  ]);
  await sql.insertRows('raw_mart_suggestion_decisions', [
    ...['NEEDED', 'PLENTY', 'IGNORED', 'UNSEEN'].map((sku) => decided(`rp:D1:${sku}:w`, 10)),
    // Accepted, then cut to 4: the later decision holds.
    decided('rp:D1:CUT:w', 10),
    decided('rp:D1:CUT:w', 4, 'edited', day(0) + 'T05:00:00Z'),
    decided('rp:D1:REJECTED:w', 0, 'rejected'),
    decided('rp:D1:NOW:w', 10, 'accepted', new Date().toISOString()),
    decided('tr:D2:D3:MOVED:w', 6),
  ]);
  await sql.insertRows('raw_mart_sales_days', [
    // 28 units in the 28 days before: one a day is in demand. What follows is what was ordered on the suggestion.
    ...['NEEDED', 'PLENTY', 'IGNORED', 'CUT', 'UNSEEN'].map((sku) => ordered('D1', sku, -1, 28)),
    ...['NEEDED', 'PLENTY', 'CUT', 'UNSEEN'].map((sku) => ordered('D1', sku, 1, 12)),
    ...[ordered('D2', 'MOVED', -1, 56), ordered('D3', 'MOVED', -1, 28)],
  ]);
  await sql.insertRows('raw_mart_stock_days', [
    ...stock('D1', 'NEEDED', 2, [0, 12, 5, 2, 8, 0]),
    ...stock('D1', 'PLENTY', 2, [30, 30, 30, 30, 30]),
    ...stock('D1', 'IGNORED', 2, [0, 0, 0, 0, 0]),
    ...stock('D1', 'CUT', 2, [0, 4, null, 1, 0]),
    ...stock('D2', 'MOVED', 1, [5, 0, 0, 5]),
    ...stock('D3', 'MOVED', 1, [6, 4, 3, 3]),
  ]);
}, 300_000);
afterAll(() => pipeline.stop());

const benefitOf = async (sku_id: string): Promise<Record<string, unknown> | undefined> => {
  const [row] = await pipeline.sql.query<Record<string, unknown>>(
    `SELECT * EXCEPT (suggestion_id, kind, dealer_id, from_dealer_id, sku_id, decided_at, horizon_first_day, horizon_last_day), toString(horizon_first_day) AS first_day, toString(horizon_last_day) AS last_day
     FROM mart_suggestion_benefit WHERE sku_id = {sku_id: String}`,
    { params: { sku_id } },
  );
  return row;
};

it('counts what the stock would have lacked without the quantity', async () => {
  // Days 3 to 6 ended with 12, 5, 2, 8. Without the 10 units: 2; 5 − 10 = −5, so 0 and 5 lost; then 2 − 5 = −3, so 0 and 3 lost; 8 − 2 = 6.
  expect(await benefitOf('NEEDED')).toEqual({
    ...{
      decided_qty: 10,
      ordered_qty: 12,
      effective_qty: 10,
      first_day: day(3),
      last_day: day(6),
      measured_days: 4,
    },
    ...{ stockout_days: 0, stockout_days_without: 2, saved_days: 2 },
    ...{
      lost_qty: 0,
      lost_qty_without: 8,
      saved_qty: 8,
      giver_stockout_days: null,
      giver_lost_qty: null,
      reason: '',
    },
  });
});

it('claims nothing where the stock would have sufficed, or nothing was ordered on the suggestion', async () => {
  expect(await benefitOf('PLENTY')).toMatchObject({ effective_qty: 10, saved_days: 0, saved_qty: 0 });
  // Four days out of stock at a unit a day, as it was: the order that was never made changed nothing.
  expect(await benefitOf('IGNORED')).toMatchObject({
    ...{ ordered_qty: 0, effective_qty: 0, stockout_days: 4, stockout_days_without: 4 },
    ...{ lost_qty: 4, lost_qty_without: 4, saved_days: 0, saved_qty: 0 },
  });
});

it('leaves days without a snapshot out, and goes by the last decision', async () => {
  // 4, unknown, 1, 0 with 4 units: without them 0, then 0 and 3 lost, then out either way and 1 more lost.
  expect(await benefitOf('CUT')).toMatchObject({
    ...{ decided_qty: 4, effective_qty: 4, measured_days: 3, stockout_days: 1, stockout_days_without: 3 },
    ...{ lost_qty: 1, lost_qty_without: 5, saved_days: 2, saved_qty: 4 },
  });
});

it('takes from a transfer what the giver lacked', async () => {
  // The receiver ended its days with 6, 4, 3, 3: without the 6 units 0, and out ever after, 3 lost. The giver was out for two days at two units a day.
  expect(await benefitOf('MOVED')).toMatchObject({
    ...{ first_day: day(1), last_day: day(28), measured_days: 4, ordered_qty: null, effective_qty: 6 },
    ...{ stockout_days: 0, stockout_days_without: 4, giver_stockout_days: 2, giver_lost_qty: 4 },
    ...{ saved_days: 2, saved_qty: 3 - 4 },
  });
});

it('is null with a reason where it cannot be told, and has no row of what was not accepted', async () => {
  expect(await benefitOf('UNSEEN')).toMatchObject({
    saved_days: null,
    reason: 'no stock snapshot in its horizon',
  });
  const now = await benefitOf('NOW');
  expect(now).toMatchObject({ saved_days: null, saved_qty: null, stockout_days: null });
  expect(now?.['reason']).toMatch(/^its horizon ends on \d{4}-\d{2}-\d{2}$/);
  expect(await benefitOf('REJECTED')).toBeUndefined();
});

it('is told with the suggestions', async () => {
  const list = async <Row>(path: string): Promise<Row[]> =>
    ((await (await pipeline.fetch(path)).json()) as { items: Row[] }).items;
  const orders = await list<OrderRow>('/v1/replenishment?limit=100');
  expect(
    orders.map(({ sku_id, saved_days, saved_qty, benefit_reason }) => [
      sku_id,
      saved_days,
      saved_qty,
      benefit_reason,
    ]),
  ).toEqual([
    ['CUT', 2, 4, ''],
    ['IGNORED', 0, 0, ''],
    ['NEEDED', 2, 8, ''],
    ['NOW', null, null, expect.stringContaining('its horizon ends on') as unknown],
    ['PLENTY', 0, 0, ''],
    ['REJECTED', null, null, 'not accepted'],
    ['UNSEEN', null, null, 'no stock snapshot in its horizon'],
  ]);
  const rejected = await list<OrderRow>('/v1/replenishment?state=rejected');
  expect(rejected).toEqual(orders.filter(({ sku_id }) => sku_id === 'REJECTED'));
  const [transfer] = await list<TransferRow>('/v1/transfers');
  expect(transfer).toMatchObject({
    saved_days: 2,
    saved_qty: -1,
    stockout_days: 0,
    stockout_days_without: 4,
  });
});
