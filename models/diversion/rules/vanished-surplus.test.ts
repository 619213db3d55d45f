import { describe, expect, test } from 'vitest';
import { countedShelvesOf } from '../counted-shelf.ts';
import { sum } from '../group-by.ts';
import { runningSums, type HabitSignal, type OrderHabit } from '../habit.ts';
import { goodsKeyOf, keptLevelsOf, type Asked } from '../kept-level.ts';
import { shelvesOf } from '../leakage.ts';
import { expectationsOf } from '../order-expectation.ts';
import { peaksOf } from '../peaks.ts';
import { habit, others } from './habit-channel.ts';
import type { RebatePeriod } from './order-surge.ts';
import { vanishedSurplus } from './vanished-surplus.ts';

const PRIOR = Math.log(99);
const nothing = (): number => 0;

type Options = NonNullable<Parameters<typeof habit>[1]>;

/** What is told of dealer A, which orders three products as `options` says, among thirty others that do as `of_others`. */
function told(
  options: (sku: string) => Options,
  known: {
    readonly rebates?: readonly RebatePeriod[];
    readonly asked?: Asked;
    readonly of_others?: readonly OrderHabit[];
    /** Days from one count of its shelves to the next. */
    readonly counted_every?: number;
  } = {},
): HabitSignal[] {
  const { counted_every = 1 } = known;
  const own = ['S1', 'S2', 'S3'].map((sku_id): OrderHabit => ({
    ...habit('A', { gone: nothing, ...options(sku_id) }),
    sku_id,
    counted: Uint8Array.from({ length: 120 }, (_, day) => Number(day % counted_every === 0)),
  }));
  const { rebates = null, asked = new Map(), of_others = others(undefined, nothing) } = known;
  const habits = [...own, ...of_others];
  const all = expectationsOf(habits);
  const shelves = countedShelvesOf(shelvesOf(habits, 3));
  const units = runningSums(Float64Array.from({ length: 120 }, (_, day) => totalOn(own, day)));
  const levels = keptLevelsOf(all, shelves, asked);
  const peaks = peaksOf(all, new Map());
  return vanishedSurplus(all, {
    totals: new Map([['A', { units, value: units.map((one) => one * 10) }]]),
    ...{ rebates, shelves, peaks, levels },
  });
}

function totalOn(habits: readonly OrderHabit[], day: number): number {
  return habits.reduce((total, { ordered }) => total + (ordered[day] ?? 0), 0);
}

const raised = (...args: Parameters<typeof told>): HabitSignal[] =>
  told(...args).filter(({ log_odds }) => log_odds >= PRIOR);

/** An order of 40 units more than usual, twice of what is usual, on day 80, of which so many leave unseen on some days. */
const passing =
  (skus: readonly string[], leaves: Readonly<Record<number, number>>, more = 40) =>
  (sku: string): Options =>
    skus.includes(sku)
      ? { ordered: (day, usual) => usual + (day === 80 ? more : 0), gone: (day) => leaves[day] ?? 0 }
      : {};

describe('surplus that vanishes', () => {
  test('twice the usual orders of a whole range, whose surplus leaves the shelves at once, is a surge with its days and units', () => {
    const signals = raised(passing(['S1', 'S2', 'S3'], { 88: 40 }));
    expect(signals.map(({ sku_id }) => sku_id)).toEqual(['S1', 'S2', 'S3']);
    for (const { kind, origin_dealer_id, from, to, units, expected, observed } of signals) {
      expect({ kind, origin_dealer_id, to }).toEqual({ kind: 'order_surge', origin_dealer_id: 'A', to: 89 });
      expect(from).toBeLessThanOrEqual(80);
      expect(units).toBeGreaterThan(15);
      expect(expected + units).toBeCloseTo(observed);
    }
  });

  test('one product that leaves in several lots is told, one lot of it may be a large customer', () => {
    expect(raised(passing(['S1'], { 84: 45, 90: 45 }, 100))).toMatchObject([{ sku_id: 'S1' }]);
    expect(told(passing(['S1'], { 84: 90 }, 100))).toEqual([]);
  });

  test('a surplus that stays, or that is seen sold, and goods that leave a usual shelf, are none', () => {
    const all = ['S1', 'S2', 'S3'];
    expect(told(passing(all, {}))).toEqual([]);
    expect(
      told((sku) => ({
        ...passing(all, {})(sku),
        sold: (day, usual) => usual + (day === 88 ? 40 : 0),
      })),
    ).toEqual([]);
    expect(told(passing(all, { 88: 40 }, 0))).toEqual([]);
  });

  test('a delivery that never came is none, nor one that was counted wrong for a day', () => {
    expect(told(passing(['S1', 'S2', 'S3'], { 80: 40 }))).toEqual([]);
    expect(told(passing(['S1', 'S2', 'S3'], { 87: -40, 88: 40 }, 0))).toEqual([]);
  });

  test('who sells much without a scan is not told by a shelf that is too full, nor by one that is filled for the first time', () => {
    const careless: Options = {
      ...{ sold: (_, usual) => usual / 4, gone: (day) => (day % 4 === 0 ? 12 : 0) },
      ordered: (day, usual) => usual + (day === 79 ? 60 : 0),
    };
    expect(raised(() => careless)).toEqual([]);
    const first: Options = {
      gone: (day) => (day === 8 ? 40 : 0),
      ordered: (day, usual) => usual + (day === 3 ? 60 : 0),
    };
    expect(raised(() => first)).toEqual([]);
  });

  test('who scans none of its sales, or is counted once a week, does not show what leaves at once: a boom there is none', () => {
    const boom: Options = {
      ordered: (day, usual) => (day >= 70 && day < 98 ? 3 * usual : usual),
      sold: () => 0,
      gone: (day) => (day >= 77 && day < 105 ? 12 : 4),
    };
    expect(told(() => boom, { counted_every: 7 })).toEqual([]);
    expect(
      told(() => ({ ...boom, gone: (day) => (day % 2 === 0 ? 8 : 0) * (day >= 77 && day < 105 ? 3 : 1) })),
    ).toEqual([]);
    const seen: Options = { ...passing(['S1', 'S2', 'S3'], { 88: 40 })('S1'), sold: (_, usual) => usual / 8 };
    expect(told(() => seen, { counted_every: 7 })).toEqual([]);
  });

  test('two pushes, each before the end of a month, are one deed', () => {
    const pushes: Options = {
      ordered: (day, usual) => usual + (day === 52 || day === 82 ? 50 : 0),
      gone: (day) => (day === 58 || day === 88 ? 45 : 0),
    };
    expect(raised((sku) => (sku === 'S1' ? pushes : {}))).toMatchObject([{ sku_id: 'S1' }]);
  });

  test('what the rest of a promotion needs, and what dealers below have ordered, lies there for them', () => {
    const all = ['S1', 'S2', 'S3'];
    const promoted = passing(all, { 88: 40 });
    // Nobody has seen what a promotion adds.
    expect(told((sku) => ({ ...promoted(sku), promoted: [{ from: 84, to: 95 }] }))).toEqual([]);
    const of_below = runningSums(Float64Array.from({ length: 120 }, (_, day) => (day === 84 ? 45 : 0)));
    const asked = new Map(all.map((sku_id) => [goodsKeyOf({ dealer_id: 'A', sku_id }), of_below]));
    // It is seen to pass on a tenth of what it sells.
    const supplying = (sku: string): Options => ({ ...promoted(sku), retail: (sold) => 0.9 * sold });
    expect(raised(supplying)).toHaveLength(3);
    expect(told(supplying, { asked })).toEqual([]);
  });

  test('a step of a programme that is reached by it makes it surer', () => {
    const small = passing(['S1', 'S2'], { 88: 30 });
    const bought = 3 * sum([...habit('A').ordered]) + 80;
    const at = (tier: number): RebatePeriod[] => [{ from: 0, to: 120, basis: 'qty', tiers_from: [tier] }];
    const [without] = told(small, { rebates: at(1e6) });
    const [reached] = told(small, { rebates: at(bought - 10) });
    expect((reached?.log_odds ?? 0) - (without?.log_odds ?? 0)).toBeGreaterThan(2);
  });

  test('where many lose as much, nobody is told', () => {
    const restless = Array.from({ length: 8 }, (_, i): OrderHabit => ({
      ...habit(`R${i}`, passing(['S1'], { 84: 45, 90: 45 }, 100)('S1')),
    }));
    const of_others = [...others(undefined, nothing), ...restless];
    expect(raised(passing(['S1'], { 84: 45, 90: 45 }, 100), { of_others })).toEqual([]);
  });
});
