import { describe, expect, test } from 'vitest';
import { countedShelvesOf } from '../counted-shelf.ts';
import { runningSums, type HabitSignal, type OrderHabit } from '../habit.ts';
import { keptLevelsOf } from '../kept-level.ts';
import { shelvesOf } from '../leakage.ts';
import { expectationsOf } from '../order-expectation.ts';
import { peaksOf } from '../peaks.ts';
import { chasedWeeks } from './chased-weeks.ts';
import { habit, others } from './habit-channel.ts';
import type { RebatePeriod } from './order-surge.ts';

const PRIOR = Math.log(99);
const nothing = (): number => 0;
/** Two quarters; the first ends with day 90. Until then dealer A usually orders three products for 10,600 or so. */
const rebates = (tier: number): RebatePeriod[] => [
  { from: 0, to: 91, basis: 'net_sales', tiers_from: [tier] },
  { from: 91, to: 182, basis: 'net_sales', tiers_from: [tier] },
];

type Options = NonNullable<Parameters<typeof habit>[1]>;

/** What is told of dealer A, which orders three products as `options` says, among thirty others. */
function judge(options: (sku: string) => Options, tier = 12_000, known = true): HabitSignal[] {
  const own = ['S1', 'S2', 'S3'].map((sku_id): OrderHabit => ({
    ...habit('A', { gone: nothing, ...options(sku_id) }),
    sku_id,
  }));
  const habits = [...own, ...others(undefined, nothing)];
  const all = expectationsOf(habits);
  const levels = keptLevelsOf(all, countedShelvesOf(shelvesOf(habits, 3)), new Map());
  const sumOf = (of: (one: OrderHabit) => Float64Array, id: string): Float64Array =>
    runningSums(
      habits
        .filter(({ dealer_id }) => dealer_id === id)
        .reduce((days, one) => days.map((units, day) => units + (of(one)[day] ?? 0)), new Float64Array(120)),
    );
  const totals = new Map(
    habits.map(({ dealer_id: id }) => [
      id,
      { value: sumOf(({ value }) => value, id), units: sumOf(({ ordered }) => ordered, id) },
    ]),
  );
  const signals = chasedWeeks(all, totals, known ? rebates(tier) : null, peaksOf(all, new Map()), levels);
  return signals.filter(({ log_odds }) => log_odds >= PRIOR);
}

const chasing =
  (from: number, skus: readonly string[], units = 80) =>
  (sku: string): Options => ({
    ordered: (day, usual) => usual + (skus.includes(sku) && (day === from || day === from + 2) ? units : 0),
  });

describe('chased weeks', () => {
  test('a last week far above its busiest others that carries the dealer over a step is told, of the products that made it', () => {
    const signals = judge(chasing(87, ['S1', 'S2']));
    expect(signals.map(({ kind, sku_id }) => ({ kind, sku_id }))).toEqual([
      { kind: 'order_surge', sku_id: 'S1' },
      { kind: 'order_surge', sku_id: 'S2' },
    ]);
    for (const { from, to, units, observed, expected } of signals) {
      expect(from).toBeGreaterThanOrEqual(80);
      expect(to).toBeLessThanOrEqual(91);
      expect(units).toBeGreaterThan(100);
      expect(observed - expected).toBeCloseTo(units);
    }
  });

  test('goods that are hardly ever ordered otherwise are told too', () => {
    const rare = (sku: string): Options => ({
      every: 60,
      first: 10,
      sold: () => 0.4,
      ordered: (day, usual) => usual + (sku !== 'S3' && day === 88 ? 200 : 0),
    });
    expect(judge(rare, 3_000).map(({ sku_id }) => sku_id)).toEqual(['S1', 'S2']);
  });

  test('the same on other days, of one product alone, without a step that it reaches, or without a programme, is none', () => {
    expect(judge(chasing(60, ['S1', 'S2']), 9_000)).toEqual([]);
    expect(judge(chasing(87, ['S1']))).toEqual([]);
    expect(judge(chasing(87, ['S1', 'S2']), 1e6)).toEqual([]);
    expect(judge(chasing(87, ['S1', 'S2']), 5_000)).toEqual([]);
    expect(judge(chasing(87, ['S1', 'S2']), 12_000, false)).toEqual([]);
  });

  test('less than half as much again as in a busy week is how orders fall', () => {
    expect(judge(chasing(87, ['S1', 'S2'], 10), 11_000)).toEqual([]);
  });

  test('what a shelf needs again after a boom, and what is new among its goods, is no chase', () => {
    const boom = (): Options => ({
      sold: (day, usual) => (day >= 70 && day < 87 ? 4 * usual : usual),
      ordered: (day, usual) => usual + (day === 87 || day === 89 ? 80 : 0),
    });
    expect(judge(boom)).toEqual([]);
    const fresh = (sku: string): Options => (sku === 'S1' ? {} : { first: 84, ordered: freshOrder });
    const freshOrder = (day: number, usual: number): number => (day === 84 || day === 88 ? 150 : usual);
    expect(judge(fresh, 7_000)).toEqual([]);
  });
});
