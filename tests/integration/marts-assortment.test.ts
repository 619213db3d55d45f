import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../models/contract/events/order.ts';
import {
  DAY,
  DEALERS,
  SKUS,
  at,
  dayText,
  groupBy,
  lastSnapshots,
  localDay,
  martsChannel,
  monthOf,
  ofPair,
  rounded,
  runChannel,
  staged,
  sum,
  valueOf,
  withoutColumn,
} from './marts-channel.ts';
import type { ProcessorsRun } from './processors-run.ts';

/** Figures of what is bought together and shared (D11, D12, D13) against the same from the events, computed here. */
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
describe('D11', () => {
  test('concentration is the largest share and the sum of the squared ones', async () => {
    const wanted = DEALERS.map(({ dealer_id }) => {
      const values = SKUS.map((sku_id) => {
        const own = ofPair(orders, { dealer_id, sku_id });
        const net = (stage: OrderEvent['stage']): number =>
          valueOf(staged(own, stage, TODAY - 89, TODAY + 1));
        return Math.max(0, net('placed') - net('cancelled') - net('returned'));
      });
      const whole = sum(values);
      return { dealer_id, top1: Math.max(...values) / whole, hhi: sum(values.map((v) => (v / whole) ** 2)) };
    });
    expect(
      await query('SELECT dealer_id, top1_share AS top1, hhi FROM mart_concentration ORDER BY dealer_id'),
    ).toEqual(rounded(wanted));
  });

  test('lift compares buying together with chance; the gaps are those with lift above 1 (none where all buy all)', async () => {
    const buyers = (sku_id: string): Set<string> =>
      new Set(
        staged(orders, 'placed', TODAY - 89, TODAY + 1)
          .filter((event) => event.sku_id === sku_id)
          .map(({ dealer_id }) => dealer_id),
      );
    const all = new Set(SKUS.flatMap((sku_id) => [...buyers(sku_id)])).size;
    const wanted = SKUS.flatMap((a) =>
      SKUS.filter((b) => b !== a).map((b) => {
        const both = [...buyers(a)].filter((dealer_id) => buyers(b).has(dealer_id)).length;
        return { a, b, lift: (both * all) / (buyers(a).size * buyers(b).size) };
      }),
    );
    expect(await query('SELECT sku_a AS a, sku_b AS b, lift FROM mart_sku_lift ORDER BY a, b')).toEqual(
      rounded(wanted),
    );
    expect(await query('SELECT count() AS n FROM mart_cross_sell')).toEqual([{ n: 0 }]);
  });
});

test('D12: orders by channel', async () => {
  const placed = staged(orders, 'placed');
  const wanted = [...groupBy(placed, (event) => monthOf(at(event)))].flatMap(([month, own]) => {
    const ids = (list: readonly OrderEvent[]): number => new Set(list.map(({ order_id }) => order_id)).size;
    return [...groupBy(own, (event) => event.channel)].map(([way, list]) => ({
      month,
      way,
      orders: ids(list),
      share: ids(list) / ids(own),
    }));
  });
  expect(
    await query(
      'SELECT toString(month) AS month, channel AS way, orders, share FROM mart_order_channels ORDER BY month, way',
    ),
  ).toEqual(rounded(wanted.sort((a, b) => (a.month + a.way < b.month + b.way ? -1 : 1))));
});

describe('D13', () => {
  test('capital tied up is each day the value of the last snapshots', async () => {
    const days = Array.from({ length: 90 }, (_, i) => TODAY - 89 + i);
    const wanted = days.flatMap((day) =>
      DEALERS.flatMap(({ dealer_id }) => {
        const held = SKUS.flatMap((sku_id) => lastSnapshots(stock, { dealer_id, sku_id }, day - 34, day + 1));
        if (held.length === 0) return [];
        const capital = sum(held.map((s) => Number(s.on_hand) * Number(s.unit_cost)));
        return [{ day: dayText(day), dealer_id, capital }];
      }),
    );
    expect(
      await query(
        'SELECT toString(day) AS day, dealer_id, capital FROM mart_capital_days ORDER BY day, dealer_id',
      ),
    ).toEqual(rounded(wanted));
  });

  test('a shortage is matched to the nearest dealer that has more than it needs', async () => {
    // Of S3 two dealers have more than anybody needs, and the third nothing: the nearer one gives. Nobody has any S1.
    const hold = (
      event_id: string,
      dealer_id: string,
      location_id: string,
      sku_id: string,
      on_hand: number,
    ) => ({
      event_id,
      source: 'wms',
      event_time: new Date(NOW - 60_000).toISOString(),
      dealer_id,
      location_id,
      sku_id,
      on_hand,
      in_transit: 0,
      committed: 0,
      unit_cost: '1',
      currency: 'CNY',
    });
    const locations = (sku_id: string): Map<string, string> =>
      new Map(
        stock.filter((event) => event.sku_id === sku_id).map((event) => [event.location_id, event.dealer_id]),
      );
    await run.deliver('stock', [
      ...[...locations('S1')].map(([place, dealer_id]) => hold(`none-1-${place}`, dealer_id, place, 'S1', 0)),
      ...[...locations('S3')].map(([place, dealer_id]) =>
        hold(`s3-${place}`, dealer_id, place, 'S3', dealer_id === 'D3' ? 0 : 9_000),
      ),
    ]);
    await run.catchUp();
    const supply = await run.sql.query<{
      dealer_id: string;
      sku_id: string;
      available: number;
      daily: number;
    }>(
      'SELECT dealer_id, sku_id, toFloat64(available_qty) AS available, daily_demand AS daily FROM mart_days_of_supply ORDER BY sku_id, dealer_id',
    );
    const place = new Map<string, (typeof DEALERS)[number]>(
      DEALERS.map((dealer) => [dealer.dealer_id, dealer]),
    );
    const km = (a: string, b: string): number => {
      const [from, to] = [place.get(a), place.get(b)];
      if (!from || !to) throw new Error(`${a} ${b}`);
      const rad = (degrees: number): number => (degrees * Math.PI) / 180;
      const h =
        Math.sin(rad(to.lat - from.lat) / 2) ** 2 +
        Math.cos(rad(from.lat)) * Math.cos(rad(to.lat)) * Math.sin(rad(to.lon - from.lon) / 2) ** 2;
      return 2 * 6371 * Math.asin(Math.sqrt(h));
    };
    const wanted = supply
      .filter(({ daily, available }) => daily > 0 && available < 14 * daily)
      .map((short) => {
        const [donor] = supply
          .filter((one) => one.sku_id === short.sku_id && one.available > 28 * one.daily)
          .toSorted((a, b) => km(short.dealer_id, a.dealer_id) - km(short.dealer_id, b.dealer_id));
        const lacking = 14 * short.daily - short.available;
        return {
          sku_id: short.sku_id,
          taker: short.dealer_id,
          donor: donor?.dealer_id ?? null,
          shared: donor ? Math.min(lacking, donor.available - 28 * donor.daily) : null,
        };
      });
    expect(wanted.some(({ donor }) => donor !== null) && wanted.some(({ donor }) => donor === null)).toBe(
      true,
    );
    const rows = await query(
      'SELECT sku_id, short_dealer_id AS taker, surplus_dealer_id AS donor, shared_qty AS shared, distance_km FROM mart_stock_sharing ORDER BY sku_id, taker',
    );
    expect(withoutColumn(rows, 'distance_km')).toEqual(rounded(wanted));
    for (const { taker, donor, distance_km } of rows) {
      // An ellipsoid differs from the sphere by at most 0.6 %.
      if (typeof donor === 'string') expect(Number(distance_km) / km(String(taker), donor)).toBeCloseTo(1, 2);
    }
  });
});

test('D13: who is suspended, closed or at its end neither gives nor takes', async () => {
  const shared = () =>
    query(
      "SELECT short_dealer_id AS taker, surplus_dealer_id AS donor FROM mart_stock_sharing WHERE sku_id = 'S3' ORDER BY taker",
    );
  const [before] = await shared();
  expect(before).toMatchObject({ taker: 'D3' });
  const nearest = String(before?.['donor']);
  const other = nearest === 'D1' ? 'D2' : 'D1';
  const valid_from = new Date(NOW - 60_000).toISOString();
  const become = async (dealer_id: string, change: object): Promise<void> => {
    await run.deliver('dealer', [
      {
        ...DEALERS.find((dealer) => dealer.dealer_id === dealer_id),
        event_id: `end-${dealer_id}`,
        source: 'mdm',
        event_time: valid_from,
        valid_from,
        tier: 1,
        status: 'active',
        ...change,
      },
    ]);
    await run.sql.command('SYSTEM RELOAD DICTIONARY raw_dealer_versions');
  };
  await become(nearest, { status: 'closed' });
  expect(await shared()).toEqual([{ taker: 'D3', donor: other }]);
  await become(other, { valid_to: new Date(NOW - 30_000).toISOString() });
  expect(await shared()).toEqual([{ taker: 'D3', donor: null }]);
  await become('D3', { status: 'suspended' });
  expect(await shared()).toEqual([]);
});

test('D11: a dealer lacks what those who buy the same products buy', async () => {
  const line = { ...orders[0], stage: 'placed', event_time: new Date(NOW - DAY).toISOString(), line_no: 1 };
  const buys = [
    ['D1', 'S4'],
    ['D1', 'S5'],
    ['D2', 'S4'],
  ].map(([dealer_id, sku_id], n) => ({ ...line, event_id: `x${n}`, order_id: `X${n}`, dealer_id, sku_id }));
  await run.deliver('order', buys);
  await run.catchUp();
  // Of three dealers two buy S4 and one S5, who buys both: 1 x 3 / (2 x 1).
  expect(await query('SELECT dealer_id, has_sku, gap_sku, lift, confidence FROM mart_cross_sell')).toEqual([
    { dealer_id: 'D2', has_sku: 'S4', gap_sku: 'S5', lift: 1.5, confidence: 0.5 },
  ]);
});
