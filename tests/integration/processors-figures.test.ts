import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Compile } from 'typebox/compile';
import type { OrderEvent } from '../../models/contract/events/order.ts';
import type { StockEvent } from '../../models/contract/events/stock.ts';
import { LIVE_ROWS, type LiveRow, type LiveTopic } from '../../models/contract/live.ts';
import { movingMean } from '../../models/forecast/moving-mean.ts';
import { timeWeightedAverage } from '../../models/turnover/turnover.ts';
import {
  COST_ROSE_DAYS_AGO,
  DEALERS,
  S1_COST_BEFORE,
  SKUS,
  UNIT_COST,
  channelOf,
} from './processors-channel.ts';
import { ProcessorsRun } from './processors-run.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = new Date();
const NOW = now.getTime();
const { orders, stock, scans, references } = channelOf('figures', now);

const at = (event: { readonly event_time: string }): number => Date.parse(event.event_time);
/** Days since 1970 in Shanghai, which is eight hours ahead all year. */
const localDay = (ms: number): number => Math.floor((ms + 8 * HOUR) / DAY);
const startOfLocalDay = (day: number): number => day * DAY - 8 * HOUR;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function groupBy<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** The events of each order line in order of time. */
const lines = [...groupBy(orders, (order) => `${order.order_id}/${order.line_no}`).values()].map((events) =>
  events.toSorted((a, b) => at(a) - at(b)),
);
const first = (line: readonly OrderEvent[], stage: OrderEvent['stage']): OrderEvent | undefined =>
  line.find((event) => event.stage === stage);

/** Linear interpolation between the closest ranks (type 7 of Hyndman and Fan). */
function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (sorted.length - 1) * p;
  const below = sorted[Math.floor(rank)] ?? NaN;
  return below + (rank % 1) * ((sorted[Math.ceil(rank)] ?? NaN) - below);
}

let run: ProcessorsRun;
const kpi = (id: string): LiveRow<'kpis'> => {
  const row = run.rows<LiveRow<'kpis'>>('kpis').get(id);
  if (row === undefined) throw new Error(`no KPI ${id}`);
  return row;
};

beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  await run.catchUp();
}, 300_000);
afterAll(() => run.drop());

describe('with no feed yet', () => {
  test('every KPI is null and says which feed is missing', () => {
    const reasons = [...run.rows<LiveRow<'kpis'>>('kpis').values()].map(({ value, reason }) => [
      value,
      reason,
    ]);
    expect(reasons).toHaveLength(8);
    for (const [value, reason] of reasons) {
      expect(value).toBeNull();
      expect(reason).toMatch(/^no (order|scan|stock)( and no order)? feed yet$/);
    }
    expect(run.rows<LiveRow<'freshness'>>('freshness').get('|stock')?.state).toBe('missing');
  });
});

describe('figures', () => {
  beforeAll(async () => {
    for (const { type, event } of references) await run.deliver(type, [event]);
    await run.deliver('order', orders);
    await run.deliver('scan', scans);
    await run.deliver('stock', stock);
    await run.restart();
    await run.catchUp();
  }, 300_000);

  test('every published row is one of its topic', () => {
    for (const [topic, rows] of run.board) {
      const check = Compile(LIVE_ROWS[topic]);
      for (const row of rows.values()) expect(check.Check(row), JSON.stringify(row)).toBe(true);
    }
    expect([...run.board.keys()].toSorted()).toEqual(
      ['alerts', 'dealers.ranking', 'freshness', 'kpis', 'map', 'orders.stages'].toSorted(),
    );
  });

  test('the value of orders today, and its difference to the same time yesterday, equal a sum over the events', () => {
    const placedBetween = (from: number, to: number): number =>
      sum(
        orders
          .filter((order) => order.stage === 'placed' && at(order) >= from && at(order) <= to)
          .map((order) => Math.round(Number(order.qty) * Number(order.unit_price) * 100)),
      ) / 100;
    const today = placedBetween(startOfLocalDay(localDay(NOW)), NOW);
    const yesterday = placedBetween(startOfLocalDay(localDay(NOW) - 1), NOW - DAY);
    expect(kpi('orders_today_value')).toMatchObject({ unit: 'CNY', direction: 'up' });
    expect(kpi('orders_today_value').value).toBeCloseTo(today, 6);
    expect(kpi('orders_today_value').delta).toBeCloseTo(today - yesterday, 6);
    expect(kpi('orders_today_value').series).toHaveLength(24);
  });

  test('the cycle time is the median over the lines shipped in 28 days', () => {
    const cycles = lines.flatMap((line) => {
      const [placed, shipped] = [first(line, 'placed'), first(line, 'shipped')];
      return placed && shipped && at(shipped) > NOW - 28 * DAY ? [(at(shipped) - at(placed)) / HOUR] : [];
    });
    expect(cycles.length).toBeGreaterThan(20);
    expect(kpi('order_cycle_p50').value).toBeCloseTo(quantile(cycles, 0.5), 6);
  });

  test('the fill rate counts what was shipped before the end of the day it was due', () => {
    let ordered = 0;
    let filled = 0;
    for (const line of lines) {
      const placed = first(line, 'placed');
      if (!placed) continue;
      const due = placed.requested_date
        ? Date.parse(`${placed.requested_date}T00:00:00+08:00`) + DAY
        : at(placed) + 7 * DAY;
      if (due > NOW || due <= NOW - 28 * DAY) continue;
      const on_time = line.filter((event) => event.stage === 'shipped' && at(event) < due);
      ordered += Number(placed.qty);
      filled += Math.min(Number(placed.qty), sum(on_time.map((event) => Number(event.qty))));
    }
    expect(kpi('fill_rate').value).toBeCloseTo(filled / ordered, 9);
    expect(kpi('fill_rate').value).toBeLessThan(1);
  });

  test('stages count the open lines and the dwell of what left lately and of what is still there', () => {
    const dwell = new Map<string, number[]>();
    const open = new Map<string, number>();
    for (const line of lines) {
      const visits: { stage: string; from: number }[] = [];
      for (const event of line) {
        if (visits.at(-1)?.stage !== event.stage) visits.push({ stage: event.stage, from: at(event) });
      }
      visits.forEach(({ stage, from }, i) => {
        const until = visits[i + 1]?.from;
        const is_end = ['delivered', 'cancelled', 'returned'].includes(stage);
        const is_open = until === undefined && !is_end;
        if (is_open) open.set(stage, (open.get(stage) ?? 0) + 1);
        // What is delivered or cancelled waits for nobody, also where it is returned later.
        if (is_end || (until !== undefined && until <= NOW - 28 * DAY)) return;
        dwell.set(stage, [...(dwell.get(stage) ?? []), ((until ?? NOW) - from) / 1000]);
      });
    }
    const all = sum([...dwell.values()].flat());
    const rows = run.rows<LiveRow<'orders.stages'>>('orders.stages');
    expect(rows.size).toBe(10);
    expect(rows.get('delivered')).toMatchObject({ age_p50_s: null, age_p90_s: null, dwell_share: 0 });
    for (const [stage, values] of dwell) {
      expect(rows.get(stage)?.open_lines, stage).toBe(open.get(stage) ?? 0);
      expect(rows.get(stage)?.age_p50_s, stage).toBeCloseTo(quantile(values, 0.5), 3);
      expect(rows.get(stage)?.age_p90_s, stage).toBeCloseTo(quantile(values, 0.9), 3);
      expect(rows.get(stage)?.dwell_share, stage).toBeCloseTo(sum(values) / all, 9);
    }
  });

  /** The series of snapshots of each location and product, in order of time. */
  const shelves = [...groupBy(stock, (one) => `${one.location_id}|${one.sku_id}`).values()].map((list) =>
    list.toSorted((a, b) => at(a) - at(b)),
  );
  const available = (one: StockEvent): number => Number(one.on_hand) - Number(one.committed);

  test('turnover divides the cost of what was shipped by the value of the stock at every moment', () => {
    const start = Math.max(startOfLocalDay(localDay(NOW) - 89), Math.min(...stock.map(at)));
    const cost = (sku_id: string, time: number): number =>
      sku_id === 'S1' && time < NOW - COST_ROSE_DAYS_AGO * DAY
        ? Number(S1_COST_BEFORE)
        : Number(UNIT_COST[sku_id as keyof typeof UNIT_COST]);
    const cogs = sum(
      orders
        .filter((order) => localDay(at(order)) >= localDay(start))
        .map((order) => {
          const sign = order.stage === 'shipped' ? 1 : order.stage === 'returned' ? -1 : 0;
          return sign * Number(order.qty) * cost(order.sku_id, at(order));
        }),
    );
    // All series begin at the same instant, so that the average of the sum is the sum of the averages.
    const average = sum(
      shelves.map((shelf) => {
        const levels = shelf.map((one) => ({
          at_ms: at(one),
          value: Number(one.on_hand) * Number(one.unit_cost),
        }));
        return timeWeightedAverage(levels, start, NOW) ?? NaN;
      }),
    );
    const expected = ((cogs / average) * 365) / ((NOW - start) / DAY);
    expect(kpi('inventory_turnover').value).toBeCloseTo(expected, 6);
  });

  /** Net quantity ordered of a product at a dealer by local day. */
  const netOrdered = (dealer_id: string, sku_id: string, day: number): number =>
    sum(
      orders
        .filter((one) => one.dealer_id === dealer_id && one.sku_id === sku_id && localDay(at(one)) === day)
        .map((one) => (one.stage === 'placed' ? 1 : one.stage === 'cancelled' ? -1 : 0) * Number(one.qty)),
    );
  const today = localDay(NOW);
  const shelvesOf = (dealer_id: string, sku_id: string) =>
    shelves.filter((shelf) => shelf[0]?.dealer_id === dealer_id && shelf[0].sku_id === sku_id);

  test('days of supply divide what is available by the mean demand, days out of stock missing', () => {
    let units = 0;
    let daily = 0;
    for (const { dealer_id } of DEALERS) {
      for (const sku_id of SKUS) {
        const own = shelvesOf(dealer_id, sku_id);
        units += sum(
          own.map((shelf) => Math.max(0, shelf.at(-1) ? available(shelf.at(-1) as StockEvent) : 0)),
        );
        const demand = Array.from({ length: 28 }, (_, i) => {
          const day = today - 28 + i;
          const seen = own.flat().filter((one) => localDay(at(one)) === day);
          const is_out = seen.length > 0 && seen.every((one) => available(one) <= 0);
          return is_out ? null : netOrdered(dealer_id, sku_id, day);
        });
        daily += movingMean(demand) ?? 0;
      }
    }
    expect(kpi('days_of_supply').value).toBeCloseTo(units / daily, 6);
  });

  test('a dealer is out of stock when a product ordered in 28 days has nothing available', () => {
    const out = DEALERS.filter(({ dealer_id }) =>
      SKUS.some((sku_id) => {
        const left = sum(shelvesOf(dealer_id, sku_id).map((shelf) => available(shelf.at(-1) as StockEvent)));
        const wanted = sum(Array.from({ length: 28 }, (_, i) => netOrdered(dealer_id, sku_id, today - i)));
        return left <= 0 && wanted > 0;
      }),
    );
    expect(kpi('stockout_dealers').value).toBe(out.length);
  });

  test('scan coverage leaves out codes on their way, and counts a code that nobody scans again', () => {
    const shipped = scans.filter((one) => one.biz_step === 'shipping');
    const due = shipped.filter((one) => at(one) > NOW - 31 * DAY && at(one) <= NOW - 3 * DAY);
    const seen = due.filter((one) =>
      scans.some((other) => other.code === one.code && other.biz_step === 'receiving'),
    );
    expect(due.length).toBeGreaterThan(seen.length);
    expect(kpi('scan_coverage').value).toBeCloseTo(seen.length / due.length, 9);
  });

  test('the ranking orders dealers by net order value, the first at 100', () => {
    const value = (dealer_id: string): number =>
      sum(
        orders
          .filter((one) => one.dealer_id === dealer_id && localDay(at(one)) > today - 28)
          .map((one) => {
            const sign = { placed: 1, cancelled: -1, returned: -1 }[one.stage as string] ?? 0;
            return sign * Number(one.qty) * Number(one.unit_price);
          }),
      );
    const expected = DEALERS.map(({ dealer_id }) => ({ dealer_id, sales: value(dealer_id) })).toSorted(
      (a, b) => b.sales - a.sales,
    );
    const rows = [...run.rows<LiveRow<'dealers.ranking'>>('dealers.ranking').values()].toSorted(
      (a, b) => a.rank - b.rank,
    );
    expect(rows.map((row) => row.dealer_id)).toEqual(expected.map((row) => row.dealer_id));
    rows.forEach((row, i) => {
      expect(row.sales_value).toBeCloseTo(expected[i]?.sales ?? NaN, 6);
    });
    expect(rows[0]?.sales_index).toBe(100);
    expect(rows.find((row) => row.dealer_id === 'D1')?.region).toBe('浙江省');
  });

  test('the server’s seed of each topic is what was published', async () => {
    for (const topic of Object.keys(LIVE_ROWS) as LiveTopic[]) {
      const seeds = await run.sql.queryFile<{ key: string; row: string }>(`queries/live/${topic}.sql`);
      const seeded = new Map(seeds.map(({ key, row }) => [key, JSON.parse(row) as unknown]));
      expect(seeded, topic).toEqual(new Map(run.board.get(topic) ?? []));
    }
  });
});

describe('a dealer that becomes known after it ordered', () => {
  const since = new Date(NOW - 400 * DAY).toISOString();
  const placed = {
    ...orders[0],
    event_id: 'unknown-1',
    event_time: new Date(NOW - HOUR).toISOString(),
    order_id: 'unknown-1',
    dealer_id: 'D-new',
    stage: 'placed',
  };
  const dealer = {
    event_id: 'new-1',
    source: 'mdm',
    event_time: since,
    valid_from: since,
    dealer_id: 'D-new',
  };
  const terms = { name: '深圳一号', tier: 1, status: 'active', territory_id: 'T-1', adcode: '440306' };

  test('is on the map at once, and not when the map is made anew by the clock', async () => {
    const loop = await run.restart();
    const isShown = (): boolean => run.rows<LiveRow<'map'>>('map').has('region:440300');
    const passUntil = async (until: () => boolean, within_ms: number): Promise<void> => {
      const end = Date.now() + within_ms;
      while (!until() && Date.now() < end) {
        await loop.pass('due');
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    };
    await run.deliver('order', [placed]);
    // Beyond the map's shortest interval, so that it has seen the order.
    await passUntil(() => false, 8_000);
    expect(isShown()).toBe(false);
    await run.deliver('dealer', [{ ...dealer, ...terms }]);
    // Its longest interval is a minute.
    await passUntil(isShown, 30_000);
    expect(run.rows<LiveRow<'map'>>('map').get('region:440300')).toMatchObject({ adcode: '440300' });
  });
});
