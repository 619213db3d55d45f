import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../models/contract/events/order.ts';
import {
  DAY,
  DEALERS,
  FLOORS,
  SKUS,
  at,
  dayText,
  groupBy,
  lastSnapshots,
  localDay,
  martsChannel,
  monthOf,
  ofPair,
  qtyOf,
  quantile,
  rounded,
  runChannel,
  staged,
  sum,
  valueOf,
} from './marts-channel.ts';
import { UNITS_PER_CASE } from './processors-channel.ts';
import type { ProcessorsRun } from './processors-run.ts';

/** Figures of goods and prices (D2, D3, D5, D6, D9) against the same from the events, computed here. */
const now = new Date();
const NOW = now.getTime();
const TODAY = localDay(NOW);
const channel = martsChannel(now);
const { orders, stock, scans } = channel;

let run: ProcessorsRun;
beforeAll(async () => {
  run = await runChannel(now, channel);
});
afterAll(() => run.drop());

const query = async (text: string): Promise<Record<string, unknown>[]> => rounded(await run.sql.query(text));
const pairs = DEALERS.flatMap(({ dealer_id }) => SKUS.map((sku_id) => ({ dealer_id, sku_id })));
/** D3 supplies D1 while D1 is contracted to it: from its second version on. All versions here name D3. */
function soldBy(
  { dealer_id, sku_id }: (typeof pairs)[number],
  from: number,
  to: number,
  until_ms = Infinity,
): number {
  const retail = new Set(
    scans
      .filter(
        (scan) =>
          scan.biz_step === 'retail_selling' && scan.dealer_id === dealer_id && scan.sku_id === sku_id,
      )
      .filter((scan) => localDay(at(scan)) >= from && localDay(at(scan)) < to && at(scan) <= until_ms)
      .map((scan) => `${scan.code} ${localDay(at(scan))}`),
  ).size;
  if (dealer_id !== 'D3') return retail;
  const below = ofPair(orders, { dealer_id: 'D1', sku_id }).filter((event) => at(event) <= until_ms);
  return retail + qtyOf(staged(below, 'shipped', from, to)) - qtyOf(staged(below, 'returned', from, to));
}

describe('D3', () => {
  test('sell-through is what was sold of what was there', async () => {
    const wanted = pairs.map((pair) => {
      const before = lastSnapshots(stock, pair, TODAY - 63, TODAY - 28);
      const own = ofPair(orders, pair);
      const received =
        qtyOf(staged(own, 'shipped', TODAY - 28, TODAY)) - qtyOf(staged(own, 'returned', TODAY - 28, TODAY));
      const sold = soldBy(pair, TODAY - 28, TODAY);
      const opening = before.length === 0 ? null : sum(before.map(({ on_hand }) => Number(on_hand)));
      const there = (opening ?? 0) + received;
      return {
        ...pair,
        opening,
        received,
        sold,
        sell_through: opening === null || there <= 0 ? null : sold / there,
      };
    });
    expect(wanted.some(({ sell_through }) => (sell_through ?? 0) > 0)).toBe(true);
    expect(
      await query(
        'SELECT dealer_id, sku_id, opening_qty AS opening, received_qty AS received, sold_qty AS sold, sell_through FROM mart_flow ORDER BY dealer_id, sku_id',
      ),
    ).toEqual(rounded(wanted));
  });

  test('channel stock is all that came less all that went, and differs from a snapshot by what it was then', async () => {
    const wanted = pairs.map((pair) => {
      const own = ofPair(orders, pair);
      const came = qtyOf(staged(own, 'shipped')) - qtyOf(staged(own, 'returned'));
      const went = soldBy(pair, -Infinity, Infinity);
      const last = lastSnapshots(stock, pair, -Infinity, Infinity);
      const snapshot = sum(last.map((s) => Number(s.on_hand) + Number(s.in_transit)));
      const taken_at = Math.max(...last.map(at));
      const then = own.filter((event) => at(event) <= taken_at);
      const came_then = qtyOf(staged(then, 'shipped')) - qtyOf(staged(then, 'returned'));
      return {
        ...pair,
        came,
        went,
        difference: snapshot - (came_then - soldBy(pair, -Infinity, Infinity, taken_at)),
      };
    });
    expect(
      await query(
        'SELECT dealer_id, sku_id, in_qty AS came, out_qty AS went, difference_qty AS difference FROM mart_channel_stock ORDER BY dealer_id, sku_id',
      ),
    ).toEqual(rounded(wanted));
  });
});

describe('D2', () => {
  test('classes by value and by how demand varies', async () => {
    const skus = SKUS.map((sku_id) => {
      const own = orders.filter((event) => event.sku_id === sku_id);
      const net = (stage: OrderEvent['stage']): number => valueOf(staged(own, stage, TODAY - 91, TODAY));
      const weeks = Array.from({ length: 13 }, (_, i) => {
        const [from, to] = [TODAY - 7 * (i + 1), TODAY - 7 * i];
        return qtyOf(staged(own, 'placed', from, to)) - qtyOf(staged(own, 'cancelled', from, to));
      });
      const mean = sum(weeks) / 13;
      const variation = Math.sqrt(sum(weeks.map((w) => (w - mean) ** 2)) / 13) / mean;
      return { sku_id, value: net('placed') - net('cancelled') - net('returned'), variation };
    }).sort((a, b) => b.value - a.value);
    const whole = sum(skus.map(({ value }) => value));
    let above = 0;
    const wanted = skus.map(({ sku_id, value, variation }) => {
      const abc = above < 0.8 * whole ? 'A' : above < 0.95 * whole ? 'B' : 'C';
      above += value;
      return { sku_id, value, abc, variation, xyz: variation <= 0.5 ? 'X' : variation <= 1 ? 'Y' : 'Z' };
    });
    expect(
      await query('SELECT sku_id, value, abc, variation, xyz FROM mart_sku_classes ORDER BY value DESC'),
    ).toEqual(rounded(wanted));
  });
});

test('D5: emergency freight costs what it is above the usual of its lane', async () => {
  const lines = [...groupBy(orders, (event) => `${event.order_id}/${event.line_no}`).values()].map(
    (events) => {
      const line = events.toSorted((a, b) => at(a) - at(b));
      const costs = line.flatMap(({ freight_cost }) => (freight_cost ? [Number(freight_cost)] : []));
      return {
        dealer_id: line[0]?.dealer_id ?? '',
        order_id: line[0]?.order_id ?? '',
        month: monthOf(at(line[0] ?? { event_time: '' })),
        units: Number(line[0]?.qty),
        cost: costs.length === 0 ? null : Math.max(...costs),
        is_fast: line.some(({ expedited }) => expedited === true),
      };
    },
  );
  const wanted = [...groupBy(lines, ({ dealer_id, month }) => `${dealer_id} ${month}`)].map(([key, own]) => {
    const [dealer_id = '', month = ''] = key.split(' ');
    const lane = lines.filter((line) => line.dealer_id === dealer_id && !line.is_fast && line.cost !== null);
    const usual = quantile(
      lane.map(({ cost, units }) => (cost ?? 0) / units),
      0.5,
    );
    const fast = own.filter(({ is_fast, cost }) => is_fast && cost !== null);
    const ids = new Set(own.map(({ order_id }) => order_id));
    const fast_ids = new Set(own.filter(({ is_fast }) => is_fast).map(({ order_id }) => order_id));
    return {
      dealer_id,
      month,
      supplied_by: dealer_id === 'D1' ? 'D3' : 'HQ',
      orders: ids.size,
      share: fast_ids.size / ids.size,
      premium:
        fast.length === 0 || usual === null
          ? null
          : sum(fast.map(({ cost }) => cost ?? 0)) - usual * sum(fast.map(({ units }) => units)),
    };
  });
  expect(wanted.some(({ premium }) => premium !== null)).toBe(true);
  expect(
    await query(
      'SELECT dealer_id, toString(month) AS month, supplied_by, orders, expedited_share AS share, premium FROM mart_freight ORDER BY dealer_id, month',
    ),
  ).toEqual(rounded(wanted.sort((a, b) => (a.dealer_id + a.month < b.dealer_id + b.month ? -1 : 1))));
});

test('D6: a violation is below the floor of product and territory, stability what is not', async () => {
  const floorOf = ({ sku_id, dealer_id }: OrderEvent): number | null =>
    sku_id === 'S1' ? Number(FLOORS.S1) : sku_id === 'S2' && dealer_id === 'D1' ? Number(FLOORS.S2) : null;
  const placed = staged(orders, 'placed');
  const wanted = [...groupBy(placed, (event) => `${event.dealer_id} ${monthOf(at(event))}`)].map(
    ([key, own]) => {
      const [dealer_id = '', month = ''] = key.split(' ');
      const ruled = own.filter((event) => floorOf(event) !== null);
      const below = ruled.filter((event) => Number(event.unit_price) < (floorOf(event) ?? 0));
      const depths = below.map((event) => 1 - Number(event.unit_price) / (floorOf(event) ?? 1));
      return {
        dealer_id,
        month,
        ruled: ruled.length,
        violations: below.length,
        depth: depths.length === 0 ? null : Math.max(...depths),
        stability: ruled.length === 0 ? null : 1 - valueOf(below) / valueOf(own),
      };
    },
  );
  expect(sum(wanted.map(({ violations }) => violations))).toBeGreaterThan(10);
  expect(
    await query(
      'SELECT dealer_id, toString(month) AS month, ruled_lines AS ruled, violations, depth_max AS depth, stability FROM mart_price_compliance ORDER BY dealer_id, month',
    ),
  ).toEqual(rounded(wanted.sort((a, b) => (a.dealer_id + a.month < b.dealer_id + b.month ? -1 : 1))));
  expect(await query('SELECT count() AS n FROM mart_price_violations')).toEqual([
    { n: sum(wanted.map(({ violations }) => violations)) },
  ]);
  // Where the dealer was when it placed the line, whatever became of it.
  expect(
    await query(
      `SELECT count() AS n FROM mart_price_violations AS v
       LEFT JOIN core_dealers AS d ON d.dealer_id = v.dealer_id AND v.event_time >= d.valid_from AND v.event_time < d.effective_to
       WHERE v.territory_id IS NOT DISTINCT FROM nullIf(d.territory_id, '') AND v.adcode IS NOT DISTINCT FROM d.adcode`,
    ),
  ).toEqual([{ n: sum(wanted.map(({ violations }) => violations)) }]);
});

test('D9: sales lost are the usual demand of the days without stock', async () => {
  const wanted = pairs.flatMap((pair) => {
    const own = ofPair(orders, pair);
    const days = Array.from({ length: 28 }, (_, i) => TODAY - 28 + i).map((day) => {
      const snapshots = ofPair(stock, pair).filter((event) => localDay(at(event)) === day);
      return {
        is_out: snapshots.length > 0 && snapshots.every((s) => Number(s.on_hand) <= Number(s.committed)),
        net: qtyOf(staged(own, 'placed', day, day + 1)) - qtyOf(staged(own, 'cancelled', day, day + 1)),
      };
    });
    const out = days.filter(({ is_out }) => is_out);
    if (out.length === 0) return [];
    const daily = sum(days.filter(({ is_out }) => !is_out).map(({ net }) => net)) / (28 - out.length);
    const placed = staged(own, 'placed', TODAY - 28, TODAY);
    const lost = Math.max(0, out.length * daily - sum(out.map(({ net }) => net)));
    return [
      {
        ...pair,
        days_out: out.length,
        lost,
        lost_value: placed.length === 0 ? null : (lost * valueOf(placed)) / qtyOf(placed),
      },
    ];
  });
  expect(wanted.some(({ lost }) => lost > 0)).toBe(true);
  expect(
    await query(
      'SELECT dealer_id, sku_id, days_out, lost_qty AS lost, lost_value FROM mart_lost_sales ORDER BY dealer_id, sku_id',
    ),
  ).toEqual(rounded(wanted));
});

test('a case sold counts as its units', async () => {
  const code = 'CASE-SOLD';
  await run.deliver('scan', [
    {
      event_id: 'case-sold',
      source: 'wms',
      event_time: new Date(NOW - 2 * DAY).toISOString(),
      dealer_id: 'D3',
      code,
      level: 'case',
      biz_step: 'retail_selling',
      sku_id: 'S2',
    },
  ]);
  expect(
    await query(
      `SELECT retail_units AS units FROM mart_sold_days WHERE dealer_id = 'D3' AND sku_id = 'S2' AND day = toDate32('${dayText(localDay(NOW - 2 * DAY))}')`,
    ),
  ).toEqual([{ units: UNITS_PER_CASE }]);
});
