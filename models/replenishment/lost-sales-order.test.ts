import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEAD_COUNT } from '../forecast/forecaster.ts';
import { uniformStream } from '../forecast/trees/random.ts';
import { countQuantiles, type DemandSum } from './demand-sum.ts';
import { runInventory, type StockAhead } from './inventory-run.ts';
import { forecastDemand, lostSalesOrder, PATH_LEVELS, pathLevels } from './lost-sales-order.ts';
import { criticalRatio, orderUpTo } from './order-levels.ts';

const levels = pathLevels(8);
const stockOf = (on_hand: number, ...arriving: number[]): StockAhead => ({
  on_hand,
  arriving: Float64Array.from(arriving),
});
const units = fc.integer({ min: 0, max: 12 });
// Tenths: doubles of fast-check are mostly next to 0.
const upTo = (most: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 10 * most }).map((tenths) => tenths / 10);
const step = fc.record({ mean: upTo(9), deviation: upTo(12) });
/** Lead time 0 to 3, review 1 to 3. */
const scene = fc.record({
  on_hand: units,
  arriving: fc.array(units, { maxLength: 3 }),
  review: fc.array(step, { minLength: 1, maxLength: 3 }),
  lead: fc.array(step, { minLength: 3, maxLength: 3 }),
  holding_cost: fc.integer({ min: 1, max: 20 }),
  shortage_cost: fc.integer({ min: 0, max: 100 }),
});
function orderIn({
  on_hand,
  arriving,
  review,
  lead,
  ...terms
}: typeof scene extends fc.Arbitrary<infer T> ? T : never): number {
  const demand = [...lead.slice(0, arriving.length), ...review];
  return lostSalesOrder(demand, stockOf(on_hand, ...arriving), terms, levels);
}

describe('the myopic order where unmet demand is lost', () => {
  it('costs least on the sampled paths, period by period, of all whole quantities', () => {
    fc.assert(
      fc.property(scene, (one) => {
        const { on_hand, arriving, review, lead, holding_cost, shortage_cost } = one;
        const paths = [...lead.slice(0, arriving.length), ...review].map((demand, at) =>
          Array.from(
            levels[at] as Uint8Array,
            (level) => countQuantiles(demand, PATH_LEVELS)[level] as number,
          ),
        );
        const costOf = (qty: number): number => {
          let cost = 0;
          for (let path = 0; path < PATH_LEVELS.length; path++) {
            let shelf = on_hand;
            paths.forEach((asked, at) => {
              shelf += arriving[at] ?? (at === arriving.length ? qty : 0);
              const sold = Math.min(shelf, asked[path] as number);
              shelf -= sold;
              if (at >= arriving.length)
                cost += holding_cost * shelf + shortage_cost * ((asked[path] as number) - sold);
            });
          }
          return cost;
        };
        const qty = orderIn(one);
        for (const other of [qty - 7, qty - 1])
          if (other >= 0) expect(costOf(other)).toBeGreaterThan(costOf(qty));
        for (const other of [qty + 1, qty + 7]) expect(costOf(other)).toBeGreaterThanOrEqual(costOf(qty));
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('is without a lead time the newsvendor’s: the critical quantile of demand, less the stock', () => {
    const terms = fc.record({
      holding_cost: upTo(9).map((cost) => cost + 0.1),
      shortage_cost: upTo(9),
    });
    fc.assert(
      fc.property(step, units, terms, (demand, on_hand, costs) => {
        const ratio = criticalRatio(costs, 1);
        const near = 1 / PATH_LEVELS.length;
        const [low, high] = countQuantiles(demand, [
          Math.max(1e-6, ratio - near),
          Math.min(0.9999, ratio + near),
        ]);
        const qty = lostSalesOrder([demand], stockOf(on_hand), costs, levels);
        expect(qty).toBeGreaterThanOrEqual(Math.max(0, (low as number) - on_hand));
        expect(qty).toBeLessThanOrEqual(Math.max(0, (high as number) - on_hand));
      }),
    );
  });

  it('does not fall as a missing unit costs more, nor rise as a held one does', () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: 1, max: 50 }), (one, more) => {
        const qty = orderIn(one);
        expect(orderIn({ ...one, shortage_cost: one.shortage_cost + more })).toBeGreaterThanOrEqual(qty);
        expect(orderIn({ ...one, holding_cost: one.holding_cost + more })).toBeLessThanOrEqual(qty);
      }),
    );
  });

  it('falls with what there is, by no more than that, and most with what arrives last', () => {
    fc.assert(
      fc.property(scene, units, (one, more) => {
        const qty = orderIn(one);
        const orders = [
          orderIn({ ...one, on_hand: one.on_hand + more }),
          ...one.arriving.map((_, at) =>
            orderIn({ ...one, arriving: one.arriving.with(at, (one.arriving[at] as number) + more) }),
          ),
        ];
        let before = qty;
        for (const order of orders) {
          expect(order).toBeLessThanOrEqual(before);
          expect(order).toBeGreaterThanOrEqual(qty - more);
          before = order;
        }
      }),
    );
  });

  it('orders nothing for what is lost in the lead time', () => {
    // The shelf is empty for four periods, whatever is asked: the fifth needs no more than were it alone.
    const demand = Array<DemandSum>(5).fill({ mean: 40, deviation: 12 });
    const terms = { holding_cost: 1, shortage_cost: 4 };
    const alone = lostSalesOrder(demand.slice(4), stockOf(0), terms, levels);
    expect(lostSalesOrder(demand, stockOf(0, 0, 0, 0, 0), terms, levels)).toBe(alone);
    expect(Math.abs(alone - 50)).toBeLessThan(3);
  });

  it('orders nothing for what does not sell, nor where nothing is lost by a shortage; all that may be asked where holding is free', () => {
    const none = Array<DemandSum>(4).fill({ mean: 0, deviation: 3 });
    const some = Array<DemandSum>(2).fill({ mean: 5, deviation: 3 });
    expect(lostSalesOrder(none, stockOf(0, 0, 0), { holding_cost: 0, shortage_cost: 1 }, levels)).toBe(0);
    expect(lostSalesOrder(some, stockOf(0), { holding_cost: 0, shortage_cost: 0 }, levels)).toBe(0);
    expect(lostSalesOrder(some, stockOf(0), { holding_cost: 1, shortage_cost: 0 }, levels)).toBe(0);
    expect(lostSalesOrder(some.slice(1), stockOf(0), { holding_cost: 0, shortage_cost: 1 }, levels)).toBe(
      countQuantiles(some[0] as DemandSum, PATH_LEVELS).at(-1),
    );
  });

  it('reckons with parts of units on the shelf, and orders whole ones', () => {
    const demand = [{ mean: 5, deviation: 3 }];
    const terms = { holding_cost: 1, shortage_cost: 4 };
    const whole = lostSalesOrder(demand, stockOf(2), terms, levels);
    expect(lostSalesOrder(demand, stockOf(2.1), terms, levels)).toBe(whole);
    expect(lostSalesOrder(demand, stockOf(2.95), terms, levels)).toBe(whole - 1);
  });

  it('does not depend on the periods that other series look ahead, and says when they are too few', () => {
    expect(pathLevels(3)).toEqual(levels.slice(0, 3));
    for (const order of levels) expect([...order].sort((a, b) => a - b)).toEqual([...PATH_LEVELS.keys()]);
    const terms = { holding_cost: 1, shortage_cost: 1 };
    expect(() => lostSalesOrder([{ mean: 1, deviation: 1 }], stockOf(0, 0), terms, levels)).toThrow(
      RangeError,
    );
  });

  it('reads the mean and the upper half-spread of each period of its own row', () => {
    const values = Float32Array.from({ length: 2 * 2 * HEAD_COUNT }, (_, at) => at);
    const [first, second] = forecastDemand({ origin: 0, h: 2, series: Int32Array.of(0, 1), values }, 1, 2);
    expect(first?.mean).toBe(10);
    expect(first?.deviation).toBeCloseTo(1 / 1.2815515655, 9);
    expect(second?.mean).toBe(15);
  });
});

describe('on a demand that stays as it is', () => {
  const PERIODS = 4000;
  const uniform = uniformStream(5);
  const poisson = (mean: number): number => {
    let count = 0;
    for (let left = uniform(); left > Math.exp(-mean); left *= uniform()) count++;
    return count;
  };
  const panel = {
    series_count: 1,
    periods: PERIODS,
    first_day: 0,
    period_days: 7 as const,
    season_length: 52,
    demand: Float32Array.from({ length: PERIODS }, () => poisson(5)),
    covariates: [],
    statics: [],
  };

  it.each([
    { review: 1, lead_time: 4 },
    { review: 2, lead_time: 3 },
    { review: 3, lead_time: 1 },
  ])(
    'costs less than a base stock at the critical quantile, and than at any below: %j',
    ({ review, lead_time }) => {
      const terms = { initial: 20, in_transit: [], lead_time, holding_cost: 1, shortage_cost: 4 };
      const plan = { first: 0, periods: PERIODS, review };
      const cover = lead_time + review;
      const demand = Array<DemandSum>(cover).fill({ mean: 5, deviation: Math.sqrt(5) });
      const ours = runInventory(
        panel,
        plan,
        () => terms,
        (_, __, stock) => lostSalesOrder(demand, stock, terms, levels),
      );
      const costOf = (level: number): number =>
        runInventory(
          panel,
          plan,
          () => terms,
          orderUpTo(() => level),
        ).total_cost;
      const whole = { mean: 5 * cover, deviation: Math.sqrt(5 * cover) };
      const [critical] = countQuantiles(whole, [criticalRatio(terms, review)]);
      expect(ours.total_cost).toBeLessThan(0.95 * costOf(critical as number));
      // Not even the level that turns out best afterwards costs less.
      const levels_below = Array.from({ length: critical as number }, (_, level) => costOf(level));
      expect(ours.total_cost).toBeLessThan(Math.min(...levels_below));
    },
  );
});
