import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OrderEvent } from '../../models/contract/events/order.ts';
import type { StockEvent } from '../../models/contract/events/stock.ts';
import { askCheck, CHECKS } from '../../sql/checks.ts';
import {
  DAY,
  DEALERS,
  HOUR,
  SKUS,
  at,
  dayText,
  groupBy,
  lastSnapshots,
  localDay,
  martsChannel,
  ofPair,
  qtyOf,
  rounded,
  runChannel,
  staged,
  sum,
} from './marts-channel.ts';
import { UNIT_COST } from './processors-channel.ts';
import type { ProcessorsRun } from './processors-run.ts';

/** Figures of what lies at dealers, its age (D2) and where nothing does (D9), against the same from the events, computed here. */
const now = new Date();
const NOW = now.getTime();
const TODAY = localDay(NOW);
const channel = martsChannel(now);
const { orders, stock } = channel;

let run: ProcessorsRun;
beforeAll(async () => {
  run = await runChannel(now, channel);
});
afterAll(() => run.drop());

const query = async (text: string): Promise<Record<string, unknown>[]> => rounded(await run.sql.query(text));
const pairs = DEALERS.flatMap(({ dealer_id }) => SKUS.map((sku_id) => ({ dealer_id, sku_id })));

/** Receipts of a pair on a local day: the day from which each part of them is in the channel, and its units. */
function receiptsOn(pair: (typeof pairs)[number], day: number): (readonly [origin: number, units: number])[] {
  const own = ofPair(orders, pair);
  const shipped = staged(own, 'shipped', day, day + 1);
  const units = qtyOf(shipped) - qtyOf(staged(own, 'returned', day, day + 1));
  if (units <= 0) return [];
  if (pair.dealer_id !== 'D1') return [[day, units]];
  // From D3: the oldest of what it had, before what it kept by its snapshots.
  const giver = { dealer_id: 'D3', sku_id: pair.sku_id } as const;
  const stood = lastSnapshots(stock, giver, day - 34, day + 1);
  if (stood.length === 0) return [[day, units]];
  const passed_at = Math.max(...[...shipped, ...staged(own, 'returned', day, day + 1)].map(at));
  const held = sum(stood.map(({ on_hand }) => Number(on_hand)));
  let keeps = Math.max(0, held - (Math.max(...stood.map(at)) < passed_at ? units : 0));
  let wanted = units;
  const parts: (readonly [number, number])[] = [];
  for (let origin = day; origin > day - 80 && wanted > 0; origin -= 1) {
    for (const [, came] of receiptsOn(giver, origin)) {
      const left = Math.max(0, came - keeps);
      keeps = Math.max(0, keeps - came);
      const taken = Math.min(wanted, left);
      if (taken > 0) parts.push([origin, taken]);
      wanted -= taken;
    }
  }
  if (wanted > 0) parts.push([day, wanted]);
  return parts.sort(([a], [b]) => b - a);
}

test('D2: stock is as old as it is in the channel, first in first out, also where another dealer had it before', async () => {
  const wanted = pairs.flatMap((pair) => {
    const held = lastSnapshots(stock, pair, TODAY - 35, TODAY + 1);
    const on_hand = sum(held.map((s) => Number(s.on_hand)));
    if (on_hand === 0) return [];
    const own = ofPair(orders, pair);
    const days = [...new Set(own.map((event) => localDay(at(event))))].sort((a, b) => b - a);
    let since = 0;
    const origins: number[] = [];
    for (const [origin, units] of days.flatMap((day) => receiptsOn(pair, day))) {
      if (since >= on_hand) break;
      since += units;
      origins.push(origin);
    }
    const age = since < on_hand ? null : TODAY - Math.min(...origins);
    return [{ ...pair, on_hand, value: on_hand * Number(UNIT_COST[pair.sku_id]), age }];
  });
  expect(
    await query(
      'SELECT dealer_id, sku_id, on_hand_qty AS on_hand, value, age_days AS age FROM mart_slow_movers ORDER BY dealer_id, sku_id',
    ),
  ).toEqual(rounded(wanted));
});

test('D9: a location is as its last snapshot says, for 35 days, and all of a dealer together are out of stock', async () => {
  // Nothing left, and silence; and an empty location that tells so daily beside a full one that tells it weekly.
  const tells = (sku_id: string, location_id: string, days_ago: number, on_hand: number) => ({
    ...stock[0],
    event_id: `${sku_id}-${location_id}-${days_ago}`,
    event_time: new Date(NOW - days_ago * DAY).toISOString(),
    ...{ dealer_id: 'D9', sku_id, location_id, on_hand, committed: 0 },
  });
  const told = [
    tells('S8', 'A', 50, 0),
    ...Array.from({ length: 10 }, (_, i) => tells('S9', 'A', 20 - i, 0)),
    tells('S9', 'B', 20, 50),
    tells('S9', 'B', 13, 50),
  ];
  const wants = ['S8', 'S9'].map((sku_id) => ({
    ...orders[0],
    ...{ event_id: `w-${sku_id}`, order_id: `w-${sku_id}`, dealer_id: 'D9', sku_id, stage: 'placed', qty: 1 },
    event_time: new Date(NOW - (sku_id === 'S8' ? 51 : 21) * DAY).toISOString(),
  }));
  const all_stock = [...stock, ...told] as StockEvent[];
  const all_orders = [...orders, ...wants] as OrderEvent[];
  await run.deliver('stock', told);
  await run.deliver('order', wants);
  await run.catchUp();
  const all_pairs = [...groupBy(all_stock, ({ dealer_id, sku_id }) => `${dealer_id} ${sku_id}`).values()];
  const wanted = Array.from({ length: 70 }, (_, i) => TODAY - 69 + i).flatMap((day) => {
    const ranged = all_pairs.flatMap(([pair]) => {
      if (pair === undefined) return [];
      const held = lastSnapshots(all_stock, pair, day - 34, day + 1);
      const own = ofPair(all_orders, pair);
      const net =
        qtyOf(staged(own, 'placed', day - 27, day + 1)) - qtyOf(staged(own, 'cancelled', day - 27, day + 1));
      const left = sum(held.map((one) => Number(one.on_hand) - Number(one.committed)));
      return held.length === 0 ? [] : [left <= 0 && net > 0];
    });
    const out = ranged.filter((is_out) => is_out).length;
    return ranged.length === 0 ? [] : [{ day: dayText(day), ranged: ranged.length, out }];
  });
  expect(wanted.filter(({ day }) => day > dayText(TODAY - 50)).length).toBe(50);
  expect(
    await query(
      'SELECT toString(day) AS day, ranged, stocked_out AS out FROM mart_stockout_days ORDER BY day',
    ),
  ).toEqual(rounded(wanted));
});

test('D2: goods of 300 days that one dealer passes on to another are 300 days old there', async () => {
  /** Noon of a local day in Shanghai, and so many hours later. */
  const noon = (days_ago: number, hours = 0): string =>
    new Date((TODAY - days_ago) * DAY + (4 + hours) * HOUR).toISOString();
  const ship = (event_id: string, dealer_id: string, supplier_id: string, days_ago: number, qty: number) => ({
    ...orders[0],
    ...{
      event_id,
      order_id: event_id,
      dealer_id,
      supplier_id,
      sku_id: 'S7',
      stage: 'shipped',
      qty,
      requested_date: null,
    },
    event_time: noon(days_ago),
  });
  const holds = (event_id: string, dealer_id: string, event_time: string, on_hand: number) => ({
    ...stock[0],
    ...{ event_id, dealer_id, location_id: dealer_id, sku_id: 'S7', on_hand, committed: 0, event_time },
  });
  await run.deliver('order', [
    ship('t1', 'A7', 'HQ', 300, 40),
    ship('t2', 'A7', 'HQ', 50, 60),
    // Of 100 it gives 30, of the oldest, and keeps 10 of those.
    ship('t3', 'B7', 'A7', 3, 30),
    ship('t4', 'B7', 'HQ', 2, 5),
    // Nothing is known of what this one had.
    ship('t5', 'B8', 'A8', 3, 30),
  ]);
  await run.deliver('stock', [
    holds('t6', 'A7', noon(3, 1), 70),
    holds('t7', 'B7', noon(1), 35),
    holds('t8', 'B8', noon(1), 30),
  ]);
  await run.catchUp();
  const ages = () =>
    query("SELECT dealer_id, age_days FROM mart_slow_movers WHERE sku_id = 'S7' ORDER BY dealer_id");
  expect(await ages()).toEqual([
    { dealer_id: 'A7', age_days: 300 },
    { dealer_id: 'B7', age_days: 300 },
    { dealer_id: 'B8', age_days: 3 },
  ]);
  // As many units by age as came, from HQ and from dealers: also on a day on which more went back to HQ than came.
  await run.deliver('order', [
    { ...ship('t10', 'B8', 'A7', 1, 8), event_time: noon(1) },
    { ...ship('t11', 'B8', 'HQ', 1, 9), stage: 'returned' },
  ]);
  await run.catchUp();
  const [check] = CHECKS.filter(({ file }) => file === 'checks/receipts-keep-their-units.sql');
  if (check === undefined) throw new Error('no such check');
  expect(await askCheck(run.sql, check)).toEqual([]);
  const came =
    "SELECT passed_by, since_day, units FROM raw_receipt_lots WHERE sku_id = 'S7' AND dealer_id = 'B7' ORDER BY ALL";
  expect(await query(came)).toEqual([
    { passed_by: '', since_day: dayText(TODAY - 2), units: 5 },
    { passed_by: 'A7', since_day: dayText(TODAY - 300), units: 30 },
  ]);
  // Sold down to what came from HQ two days ago.
  await run.deliver('stock', [holds('t9', 'B7', noon(1, 2), 5)]);
  await run.catchUp();
  expect((await ages())[1]).toEqual({ dealer_id: 'B7', age_days: 2 });
});
