import { describe, expect, test } from 'vitest';
import { runningSums, type HabitSignal, type OrderHabit } from '../habit.ts';
import { leaksOf, shelvesOf } from '../leakage.ts';
import { expectationsOf } from '../order-expectation.ts';
import { peaksOf } from '../peaks.ts';
import { habit, others } from './habit-channel.ts';
import { orderSurges, type RebatePeriod } from './order-surge.ts';

/** What the rule says of one dealer among others. */
function judge(
  one: OrderHabit,
  rebates: readonly RebatePeriod[] | null = null,
  rest = others(),
  near: readonly OrderHabit[] = [],
): HabitSignal | undefined {
  const totals = new Map([
    [one.dealer_id, { value: runningSums(one.value), units: runningSums(one.ordered) }],
  ]);
  const all = [one, ...rest, ...near];
  const expectations = expectationsOf(all);
  const neighbours = new Map([[one.dealer_id, near.map(({ dealer_id }) => dealer_id)]]);
  const signals = orderSurges(
    expectations,
    totals,
    rebates,
    leaksOf(shelvesOf(all, 3)),
    peaksOf(expectations, neighbours),
  );
  return signals.find(({ origin_dealer_id }) => origin_dealer_id === one.dealer_id);
}
const on = (days: readonly number[], units: number) => (day: number, usual: number) =>
  days.includes(day) ? units : usual;
const surging = (options: Parameters<typeof habit>[1] = {}) =>
  habit('D1', { ordered: on([85, 90], 130), ...options });
/** Two orders instead of one: nothing that would be raised by itself. */
const doubtful = (): OrderHabit => habit('D1', { ordered: on([86], 64) });
const PRIOR = Math.log(99);

describe('order_surge', () => {
  test('who orders as always says nothing', () => {
    const all = expectationsOf(others());
    const signals = orderSurges(
      all,
      new Map(),
      null,
      leaksOf(shelvesOf(others(), 3)),
      peaksOf(all, new Map()),
    );
    expect(signals.filter(({ log_odds }) => log_odds >= PRIOR)).toEqual([]);
  });

  test('weeks of demand ordered within days, unsold, are told with their days and units', () => {
    const signal = judge(surging());
    expect(signal).toMatchObject({ kind: 'order_surge', origin_dealer_id: 'D1', sku_id: 'S1', from: 85 });
    expect(signal?.observed).toBe(260);
    expect(signal?.expected).toBeGreaterThan(15);
    expect(signal?.expected).toBeLessThan(60);
    expect(signal?.log_odds).toBeGreaterThan(PRIOR);
  });

  test('what sells as well is no surge', () => {
    const sold = (day: number, usual: number): number => (day >= 78 && day < 100 ? 9 * usual : usual);
    expect(judge(surging({ sold }))?.log_odds ?? 0).toBeLessThan(PRIOR);
  });

  /** Sells what lies there, out of the blue, until nothing is left on days 70 to 84; then it fills its shelf again. */
  const soldOut = (boom: number, refilled: number): OrderHabit => {
    const is_empty = (day: number): boolean => day >= 70 && day < 85;
    const one = habit('D1', {
      ordered: (day, usual) => (is_empty(day) ? 0 : day === 85 ? refilled : usual),
      sold: (day, usual) => (is_empty(day) ? 0 : day >= 64 && day < 70 ? boom : usual),
    });
    const stock = one.ordered.map((_, day) => (is_empty(day) ? 0 : 200));
    return { ...one, stock };
  };

  test('what fills an empty shelf again, and makes up for the days without orders, is no surge; far more than that is one', () => {
    expect(judge(soldOut(4, 260))?.log_odds ?? 0).toBeLessThan(PRIOR);
    expect(judge(soldOut(4, 900))?.log_odds).toBeGreaterThan(PRIOR);
    const never_empty = { ...soldOut(4, 260), stock: new Float64Array(120).fill(200) };
    expect(judge(never_empty)?.log_odds).toBeGreaterThan(PRIOR);
  });

  test('how much sells is told by the days with something to sell', () => {
    expect(judge(soldOut(4 * 9, 700))?.log_odds ?? 0).toBeLessThan(PRIOR);
    expect(judge(soldOut(4, 700))?.log_odds).toBeGreaterThan(PRIOR);
  });

  test('who orders much, passes it on and is empty again refills nothing', () => {
    const one = surging();
    const emptied = { ...one, stock: one.ordered.map((_, day) => (day >= 87 && day < 90 ? 0 : 60)) };
    expect(judge(emptied)?.log_odds).toBeGreaterThan(PRIOR);
    expect(judge(emptied)?.expected).toBeCloseTo(judge(one)?.expected ?? NaN, 6);
  });

  test('what all order more is a season', () => {
    const peak = (day: number, usual: number): number => (day >= 83 && day < 92 ? usual * 9 : usual);
    expect(judge(surging(), null, others(peak))?.log_odds ?? 0).toBeLessThan(PRIOR);
  });

  const promoted = [{ from: 84, to: 94 }];
  /** Twelve dealers that order five times as much in the promotion. */
  const promotedToo = () =>
    Array.from({ length: 12 }, (_, i) =>
      habit(`P${i}`, {
        first: i % 5,
        ordered: (day, usual) => usual * (day >= 82 && day < 94 ? 6 : 1),
        promoted,
      }),
    );

  test('what a promotion adds elsewhere, it may add here; more than that is a surge', () => {
    const rest = [...others(), ...promotedToo()];
    expect(judge(surging(), null, rest)?.log_odds).toBeGreaterThan(PRIOR);
    expect(judge(surging({ promoted }), null, rest)?.log_odds ?? 0).toBeLessThan(PRIOR);
    const far_more = habit('D1', { ordered: on([85, 90], 900), promoted });
    expect(judge(far_more, null, rest)?.log_odds).toBeGreaterThan(PRIOR);
  });

  test('in the first promotion of all, orders count only where the goods are missing', () => {
    const nothing = (): number => 0;
    const rest = others(undefined, nothing);
    expect(judge(surging({ promoted, gone: nothing }), null, rest)).toBeUndefined();
    expect(judge(surging({ promoted }), null, rest)).toBeUndefined();
    const gone = (day: number): number => (day === 95 ? 200 : 0);
    expect(judge(surging({ promoted, gone }), null, rest)?.log_odds).toBeGreaterThan(PRIOR);
    const elsewhere = surging({ promoted: [{ from: 30, to: 40 }] });
    expect(judge(elsewhere, null, rest)?.log_odds).toBeGreaterThan(PRIOR);
  });

  test('what neighbours order more too is expected', () => {
    const near = Array.from({ length: 6 }, (_, i) =>
      habit(`N${i}`, {
        first: i % 5,
        ordered: (day, usual) => usual * (i < 3 && day >= 80 && day < 95 ? 8 : 1),
      }),
    );
    const far = judge(surging(), null, [...others(), ...near])?.expected ?? NaN;
    expect(judge(surging(), null, others(), near)?.expected).toBeGreaterThan(1.5 * far);
  });

  test('a rebate tier that only the surge reaches makes it surer; one that is far, less sure', () => {
    const month = { from: 70, to: 100, basis: 'net_sales' as const };
    const none = judge(doubtful())?.log_odds ?? NaN;
    const with_tiers = (tiers_from: readonly number[]) =>
      judge(doubtful(), [{ ...month, tiers_from }])?.log_odds ?? NaN;
    expect(with_tiers([100, 1_600])).toBeCloseTo(none + Math.log(8), 6);
    expect(with_tiers([100, 90_000])).toBeCloseTo(none + Math.log(0.7), 6);
    const by_units = judge(doubtful(), [{ ...month, basis: 'qty', tiers_from: [165] }])?.log_odds;
    expect(by_units).toBeCloseTo(none + Math.log(8), 6);
  });

  test('goods that left the shelf unseen make it surer, goods that still lie there less sure', () => {
    const nothing = (): number => 0;
    const among = (gone: (day: number) => number): number =>
      judge(habit('D1', { ordered: on([86], 64), gone }), null, others(undefined, nothing))?.log_odds ?? NaN;
    const untold = judge(doubtful(), null, others(undefined, nothing))?.log_odds ?? NaN;
    const passed_on = among((day) => (day === 90 ? 44 : 0));
    // Nobody else of the 31 lacks anything in any two weeks: as rare as that many say, at most 0.9 / 0.002.
    expect(passed_on - untold).toBeGreaterThan(Math.log(50));
    expect(passed_on - untold).toBeLessThanOrEqual(Math.log(0.9 / 0.002));
    expect(among(nothing)).toBeLessThan(untold);
  });

  test('what was ordered in the last days is told at once', () => {
    expect(judge(habit('D1', { ordered: on([119], 260) }))?.log_odds).toBeGreaterThan(PRIOR);
  });

  test('the first order, and a history too short to compare, say nothing', () => {
    expect(judge(habit('D1', { first: 60, ordered: on([60], 300) }))).toBeUndefined();
    expect(judge(habit('D1', { first: 100, ordered: on([110], 300) }))).toBeUndefined();
  });
});
