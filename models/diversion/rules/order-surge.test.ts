import { describe, expect, test } from 'vitest';
import { countedShelvesOf } from '../counted-shelf.ts';
import { runningSums, type HabitSignal, type OrderHabit } from '../habit.ts';
import { keptLevelsOf } from '../kept-level.ts';
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
  const shelves = shelvesOf(all, 3);
  const signals = orderSurges(
    expectations,
    totals,
    rebates,
    leaksOf(shelves),
    peaksOf(expectations, neighbours),
    keptLevelsOf(expectations, countedShelvesOf(shelves), new Map()),
  );
  return signals.find(({ origin_dealer_id }) => origin_dealer_id === one.dealer_id);
}
const on = (days: readonly number[], units: number) => (day: number, usual: number) =>
  days.includes(day) ? units : usual;
const surging = (options: Parameters<typeof habit>[1] = {}) =>
  habit('D1', { ordered: on([85, 90], 130), ...options });
/** Two orders instead of one: nothing that would be raised by itself. */
const doubtful = (): OrderHabit => habit('D1', { ordered: on([86], 68) });
const PRIOR = Math.log(99);

describe('order_surge', () => {
  test('who orders as always says nothing', () => {
    expect(judge(habit('D1'))?.log_odds ?? 0).toBeLessThan(PRIOR);
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

  const nothing = (): number => 0;
  const counted = others(undefined, nothing);
  /** Sells `boom` a day, out of the blue, until its shelf is empty on day 70; orders nothing until day 85, and then so much. */
  const soldOut = (boom: number, refilled: number): OrderHabit => {
    const isEmpty = (day: number): boolean => day >= 70 && day < 85;
    const one = habit('D1', {
      gone: nothing,
      ordered: (day, usual) => (isEmpty(day) ? 0 : day === 85 ? refilled : usual),
      sold: (day, usual) => (isEmpty(day) ? 0 : day >= 64 && day < 70 ? boom : usual),
    });
    const left = one.stock[69] ?? 0;
    return { ...one, stock: one.stock.map((units) => units - left) };
  };

  test('what fills a shelf again is no surge; far more than that is one, and as much for a shelf that is full', () => {
    expect(judge(soldOut(30, 260), null, counted)?.log_odds ?? 0).toBeLessThan(PRIOR);
    expect(judge(soldOut(30, 1_200), null, counted)?.log_odds).toBeGreaterThan(PRIOR);
    const full = habit('D1', { gone: nothing, ordered: on([85], 260) });
    expect(judge(full, null, counted)?.log_odds).toBeGreaterThan(PRIOR);
  });

  test('what was ordered for an empty shelf, and is missing from it, is a surge', () => {
    const one = soldOut(30, 260);
    const stock = one.stock.map((units, day) => (day >= 92 ? units - 200 : units));
    expect(judge({ ...one, stock }, null, counted)?.log_odds).toBeGreaterThan(PRIOR);
  });

  test('how much sells is told by the days with something to sell', () => {
    expect(judge(soldOut(4 * 9, 700), null, counted)?.log_odds ?? 0).toBeLessThan(PRIOR);
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
    const among = (gone?: (day: number) => number, day = 86): number => {
      const ordered = on([day], 68);
      return judge(habit('D1', { ordered, ...(gone && { gone }) }), null, counted)?.log_odds ?? NaN;
    };
    const passed_on = among((day) => (day === 90 ? 48 : 0));
    expect(passed_on).toBeGreaterThan(among());
    // Nobody else of the 31 lacks anything in any two weeks: as rare as that many say.
    expect(passed_on - among(nothing)).toBeGreaterThan(Math.log(50));
    expect(among(nothing)).toBeLessThan(among() - 2);
    // Of what was ordered a week ago nothing can be missing yet.
    expect(among(nothing, 112)).toBeGreaterThan(among(undefined, 112) - 2);
  });

  test('what was ordered in the last days is told at once', () => {
    expect(judge(habit('D1', { ordered: on([119], 260) }))?.log_odds).toBeGreaterThan(PRIOR);
  });

  test('the first order, and a history too short to compare, say nothing', () => {
    expect(judge(habit('D1', { first: 60, ordered: on([60], 300) }))).toBeUndefined();
    expect(judge(habit('D1', { first: 100, ordered: on([110], 300) }))).toBeUndefined();
  });
});
