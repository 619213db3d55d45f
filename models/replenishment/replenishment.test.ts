import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demandAhead } from './demand-ahead.ts';
import { countQuantiles, demandQuantile, normalQuantile, splitPeriod, sumDemand } from './demand-sum.ts';
import { inventoryPosition, orderSuggestionId, suggestOrder } from './suggest-order.ts';
import {
  suggestTransfers,
  surplusOf,
  transferSuggestionId,
  type TransferSite,
  type TransferTerms,
} from './suggest-transfers.ts';

describe('a demand sum', () => {
  it('has the published quantiles of the standard normal', () => {
    // NIST/SEMATECH e-Handbook, 1.3.6.7.1.
    expect(normalQuantile(0.5)).toBeCloseTo(0, 9);
    expect(normalQuantile(0.9)).toBeCloseTo(1.2815515655, 8);
    expect(normalQuantile(0.975)).toBeCloseTo(1.9599639845, 8);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.0902323062, 8);
    expect(() => normalQuantile(1)).toThrow(RangeError);
  });

  it('has quantiles close to the gamma distribution that it stands for', () => {
    // Gamma with shape 4 and scale 2.5: mean 10, deviation 5; quantiles 2.5 × those of the standard gamma (6.6808, 7.7537, 10.0451).
    const sum = { mean: 10, deviation: 5 };
    expect(demandQuantile(sum, 0.9) / 16.702).toBeCloseTo(1, 2);
    expect(demandQuantile(sum, 0.95) / 19.3841).toBeCloseTo(1, 2);
    expect(demandQuantile(sum, 0.99) / 25.113).toBeCloseTo(1, 2);
  });

  it('has whole units as quantiles of counts: those of Poisson and negative binomial', () => {
    // Poisson 3: P(≤ 4) = 0.8153, P(≤ 5) = 0.9161. Poisson 0.15: P(0) = 0.8607.
    expect([...countQuantiles({ mean: 3, deviation: 0 }, [0.81, 0.82])]).toEqual([4, 5]);
    expect([...countQuantiles({ mean: 0.15, deviation: 0 }, [5 / 6])]).toEqual([0]);
    // Variance = mean + mean²: geometric, P(≤ k) = 1 − (m ÷ (1 + m))^(k + 1); with m = 4: 0.8⁸ = 0.168, 0.8⁹ = 0.134.
    expect([...countQuantiles({ mean: 4, deviation: Math.sqrt(20) }, [0.83, 0.84])]).toEqual([7, 8]);
    expect([...countQuantiles({ mean: 0, deviation: 3 }, [0.5, 0.99])]).toEqual([0, 0]);
    expect(countQuantiles({ mean: 1e6, deviation: 1e3 }, [0.5])[0]).toBeGreaterThan(999_000);
  });

  it('never has a smaller quantile at a higher level, at any level whatever', () => {
    // Whole numbers, divided: doubles of fast-check are mostly next to 0.
    const level = fc.integer({ min: 1, max: 999 }).map((parts) => parts / 1000);
    const tenths = fc.integer({ min: 0, max: 4000 }).map((parts) => parts / 10);
    const sum = fc.record({ mean: tenths, deviation: tenths });
    fc.assert(
      fc.property(sum, level, level, (one, a, b) => {
        const [low, high] = countQuantiles(one, [Math.min(a, b), Math.max(a, b)]);
        expect(Number.isInteger(low)).toBe(true);
        expect(low).toBeLessThanOrEqual(high as number);
        expect(countQuantiles(one, [Math.max(a, b)])[0]).toBe(high);
      }),
    );
  });

  it('adds independent periods by squares, and those that err together by sums', () => {
    const period = { mean: 3, p50: 3, p90: 3 + 1.2815515655446004 };
    const four = Array<typeof period>(4).fill(period);
    expect(sumDemand(four, 4, 0).mean).toBe(12);
    expect(sumDemand(four, 4, 0).deviation).toBeCloseTo(2, 9);
    expect(sumDemand(four, 4, 1).deviation).toBeCloseTo(4, 9);
    expect(sumDemand(four, 2.5, 0).mean).toBe(7.5);
    expect(() => sumDemand([period], 2, 0)).toThrow('cannot cover 2');
  });
});

describe('a forecast by days and weeks', () => {
  const day = { mean: 2, p50: 1, p90: 4 };
  const week = { mean: 21, p50: 20, p90: 20 + 7 * 1.2815515655446004 };

  it('sums to the week again when all its days are counted, whatever errs together', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (correlation) => {
        const whole = sumDemand(splitPeriod(week, 7, correlation), 7, correlation);
        expect(whole.mean).toBeCloseTo(21, 9);
        expect(whole.deviation).toBeCloseTo(7, 9);
      }),
    );
  });

  it('goes on by weeks where its days end, without the days that are over', () => {
    const weeks = [{ mean: 0, p50: 0, p90: 0 }, week, week];
    const ahead = demandAhead({ days: Array<typeof day>(10).fill(day), weeks, days_over: 2 }, 0.2);
    // Ten days less two, then the last four of the second week and the third week whole.
    expect(ahead.map(({ mean }) => mean)).toEqual([
      ...Array<number>(8).fill(2),
      ...Array<number>(11).fill(3),
    ]);
    expect(demandAhead({ days: [day], weeks: [], days_over: 3 }, 0.2)).toEqual([]);
  });
});

const forecast = Array.from({ length: 28 }, () => ({ mean: 2, p50: 2, p90: 4 }));
const policy = { lead_time: 5, review_time: 2, service_level: 0.95, error_correlation: 0.2, pack_qty: 6 };
const empty = { on_hand: 0, on_order: 0, in_transit: 0, committed: 0 };

describe('an order suggestion', () => {
  it('explains itself: demand + safety = target, and packs for what the position lacks of it', () => {
    fc.assert(
      fc.property(
        fc.record({
          on_hand: fc.nat(60),
          on_order: fc.nat(30),
          in_transit: fc.nat(30),
          committed: fc.nat(10),
        }),
        fc.integer({ min: 1, max: 24 }),
        (stock, pack_qty) => {
          const order = suggestOrder(forecast, stock, { ...policy, pack_qty });
          expect(order.demand + order.safety).toBeCloseTo(order.target, 9);
          expect(order.position).toBe(stock.on_hand + stock.on_order + stock.in_transit - stock.committed);
          expect(order.qty % pack_qty).toBe(0);
          expect(order.qty - order.rounding).toBeCloseTo(Math.max(0, order.target - order.position), 6);
          expect(order.rounding).toBeGreaterThanOrEqual(-1e-6);
          expect(order.rounding).toBeLessThan(pack_qty);
        },
      ),
    );
  });

  it('is nothing when the position reaches the target, and grows with the service level', () => {
    expect(suggestOrder(forecast, { ...empty, on_hand: 100 }, policy).qty).toBe(0);
    const at = (service_level: number): number =>
      suggestOrder(forecast, empty, { ...policy, service_level }).target;
    expect(at(0.99)).toBeGreaterThan(at(0.9));
    expect(at(0.9)).toBeGreaterThan(14);
  });

  it('says what of the demand promotions add, over lead and review time only', () => {
    const order = suggestOrder(forecast, empty, { ...policy, lead_time: 1, review_time: 1.5 }, [1, 1, 1, 9]);
    expect(order.promo_uplift).toBe(2.5);
  });

  it('counts what is committed against the position', () => {
    expect(inventoryPosition({ on_hand: 5, on_order: 4, in_transit: 3, committed: 2 })).toBe(10);
  });

  it('has the same id in every run of a cycle, and another for another SKU whose names could be confused', () => {
    expect(orderSuggestionId('a:b', 'c', '2026-W48')).not.toBe(orderSuggestionId('a', 'b:c', '2026-W48'));
    expect(transferSuggestionId('a', 'b', 'c', 'x')).toBe('tr:a:b:c:x');
  });
});

const site = (dealer_id: string, more: Partial<TransferSite> = {}): TransferSite => ({
  dealer_id,
  stock: 0,
  demand: 0,
  buffer: 0,
  shortage: 0,
  investigated: false,
  ...more,
});
const terms: TransferTerms = {
  gain_per_unit: 10,
  lane: () => ({ fixed: 5, per_unit: 1 }),
  gain_min: 0,
  cools_down: () => false,
  pack_qty: 1,
};

describe('transfers', () => {
  const donor = site('D', { stock: 50, demand: 20, buffer: 10 });
  const needy = site('N', { shortage: 8 });

  it('take only what a donor has beyond its demand and buffer', () => {
    expect(surplusOf(donor)).toBe(20);
    expect(suggestTransfers([donor, needy], terms)).toEqual([
      { from_dealer_id: 'D', to_dealer_id: 'N', qty: 8, gain: 80, cost: 13 },
    ]);
  });

  it('promise a surplus once, and prefer the lane that gains most for its cost', () => {
    const near = site('B', { shortage: 15 });
    const lanes: TransferTerms = { ...terms, lane: (_, to) => ({ fixed: to === 'B' ? 1 : 51, per_unit: 0 }) };
    const found = suggestTransfers([site('N', { shortage: 15 }), donor, near], lanes);
    expect(found.map(({ to_dealer_id, qty }) => [to_dealer_id, qty])).toEqual([['B', 15]]);
    expect(found.reduce((sum, { qty }) => sum + qty, 0)).toBeLessThanOrEqual(20);
  });

  it('use no forbidden lane, no dealer under investigation, and do not go back', () => {
    expect(suggestTransfers([donor, needy], { ...terms, lane: () => null })).toEqual([]);
    expect(suggestTransfers([{ ...donor, investigated: true }, needy], terms)).toEqual([]);
    const back: TransferTerms = { ...terms, cools_down: (from, to) => from === 'D' && to === 'N' };
    expect(suggestTransfers([donor, needy], back)).toEqual([]);
  });

  it('are not worth it below the least gain', () => {
    expect(suggestTransfers([donor, needy], { ...terms, gain_min: 67 })).toHaveLength(1);
    expect(suggestTransfers([donor, needy], { ...terms, gain_min: 68 })).toEqual([]);
  });

  it('never give more than a surplus nor receive more than a shortage in packs, whatever the sites and their order', () => {
    const sites = fc
      .array(fc.record({ stock: fc.nat(60), demand: fc.nat(30), buffer: fc.nat(10), shortage: fc.nat(12) }), {
        minLength: 2,
        maxLength: 7,
      })
      .map((list) => list.map((one, i) => site(`S${i}`, one)));
    fc.assert(
      fc.property(sites, fc.integer({ min: 1, max: 6 }), (list, pack_qty) => {
        const found = suggestTransfers(list, { ...terms, pack_qty });
        for (const one of list) {
          const given = found
            .filter((t) => t.from_dealer_id === one.dealer_id)
            .reduce((sum, t) => sum + t.qty, 0);
          const got = found
            .filter((t) => t.to_dealer_id === one.dealer_id)
            .reduce((sum, t) => sum + t.qty, 0);
          expect(given).toBeLessThanOrEqual(surplusOf(one));
          expect(got).toBeLessThanOrEqual(Math.ceil(one.shortage / pack_qty) * pack_qty);
          expect(given * got).toBe(0);
        }
        expect(suggestTransfers(list.toReversed(), { ...terms, pack_qty })).toEqual(found);
      }),
    );
  });

  it('each are the best that is left, as if all were held against each other at every step', () => {
    const lane: TransferTerms['lane'] = (from, to) => ({
      fixed: 1 + ((7 * Number(from.slice(1)) + 3 * Number(to.slice(1))) % 5),
      per_unit: 0.5,
    });
    const sites = fc.array(fc.record({ stock: fc.nat(60), shortage: fc.nat(12) }), { maxLength: 7 });
    fc.assert(
      fc.property(sites, fc.integer({ min: 1, max: 6 }), (list, pack_qty) => {
        // Who needs has nothing to give when its need is met.
        let left = list.map((one, i) => site(`S${i}`, one.shortage > 0 ? { shortage: one.shortage } : one));
        for (const next of suggestTransfers(left, { ...terms, lane, pack_qty })) {
          expect(suggestTransfers(left, { ...terms, lane, pack_qty })[0]).toEqual(next);
          left = left.map((one) => ({
            ...one,
            stock: one.stock - (one.dealer_id === next.from_dealer_id ? next.qty : 0),
            shortage: Math.max(0, one.shortage - (one.dealer_id === next.to_dealer_id ? next.qty : 0)),
          }));
        }
      }),
    );
  });

  it('of many dealers ask for each lane once', () => {
    const givers = Array.from({ length: 40 }, (_, i) => site(`D${i}`, { stock: 10 + i }));
    const takers = Array.from({ length: 30 }, (_, i) => site(`N${i}`, { shortage: 3 + i }));
    let asked = 0;
    const found = suggestTransfers([...givers, ...takers], {
      ...terms,
      lane: () => {
        asked++;
        return { fixed: 5, per_unit: 1 };
      },
    });
    expect(found.length).toBeGreaterThan(20);
    expect(asked).toBe(40 * 30);
  });
});
