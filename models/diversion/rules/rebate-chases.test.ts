import { describe, expect, test } from 'vitest';
import { sum } from '../group-by.ts';
import { countedShelvesOf } from '../counted-shelf.ts';
import { runningSums, type HabitSignal, type OrderHabit } from '../habit.ts';
import { goodsKeyOf, keptLevelsOf, type Asked } from '../kept-level.ts';
import { shelvesOf } from '../leakage.ts';
import { expectationsOf } from '../order-expectation.ts';
import { peaksOf } from '../peaks.ts';
import { habit, others } from './habit-channel.ts';
import type { DealerTotal, RebatePeriod } from './order-surge.ts';
import { rebateChases } from './rebate-chases.ts';

const PRIOR = Math.log(99);
const nothing = (): number => 0;
/** Two quarters; the first ends with day 90. */
const REBATES: RebatePeriod[] = [
  { from: 0, to: 91, basis: 'qty', tiers_from: [1e6] },
  { from: 91, to: 182, basis: 'qty', tiers_from: [1e6] },
];

type Options = NonNullable<Parameters<typeof habit>[1]>;

/** What is told of dealer A, which orders three products as `options` says, among thirty others. */
function judge(
  options: (sku: string) => Options,
  rebates: readonly RebatePeriod[] | null = REBATES,
): HabitSignal[] {
  const own = ['S1', 'S2', 'S3'].map((sku_id): OrderHabit => ({
    ...habit('A', { gone: nothing, ...options(sku_id) }),
    sku_id,
  }));
  return judgeAll(own, rebates);
}

function judgeAll(
  own: readonly OrderHabit[],
  rebates: readonly RebatePeriod[] | null = REBATES,
  asked: Asked = new Map(),
  totals: ReadonlyMap<string, DealerTotal> = new Map(),
): HabitSignal[] {
  const habits = [...own, ...others(undefined, nothing)];
  const all = expectationsOf(habits);
  const levels = keptLevelsOf(all, countedShelvesOf(shelvesOf(habits, 3)), asked);
  const signals = rebateChases(all, totals, rebates, peaksOf(all, new Map()), levels);
  return signals.filter(({ log_odds }) => log_odds >= PRIOR);
}

const chasing =
  (from: number, skus: readonly string[], units = 80) =>
  (sku: string): Options => ({
    ordered: (day, usual) => usual + (skus.includes(sku) && (day === from || day === from + 2) ? units : 0),
  });

describe('chases of a rebate', () => {
  test('several products ordered far beyond what is kept of them, as a period ends, are told together', () => {
    const signals = judge(chasing(87, ['S1', 'S2']));
    expect(signals.map(({ kind, sku_id, origin_dealer_id }) => ({ kind, sku_id, origin_dealer_id }))).toEqual(
      [
        { kind: 'order_surge', sku_id: 'S1', origin_dealer_id: 'A' },
        { kind: 'order_surge', sku_id: 'S2', origin_dealer_id: 'A' },
      ],
    );
    for (const { from, to, units } of signals) {
      expect(from).toBeGreaterThanOrEqual(84);
      expect(to).toBeLessThanOrEqual(91);
      expect(units).toBeGreaterThan(100);
    }
  });

  test('the same on other days, of one product alone, or where no programme is known, is no chase', () => {
    expect(judge(chasing(60, ['S1', 'S2']))).toEqual([]);
    expect(judge(chasing(87, ['S1']))).toEqual([]);
    expect(judge(chasing(87, ['S1', 'S2']), null)).toEqual([]);
  });

  test('what fills a shelf again that a boom has emptied is none, nor what is sold as fast', () => {
    const boom = (): Options => ({
      sold: (day, usual) => (day >= 77 && day < 87 ? 5 * usual : usual),
      ordered: (day, usual) => usual + (day === 87 || day === 89 ? 80 : 0),
    });
    expect(judge(boom)).toEqual([]);
    const sold_after = (): Options => ({
      sold: (day, usual) => (day >= 88 ? 5 * usual : usual),
      ordered: (day, usual) => usual + (day === 87 || day === 89 ? 80 : 0),
    });
    expect(judge(sold_after)).toEqual([]);
  });

  test('what a supplier orders for dealers below it, which order it then, is not its chase', () => {
    const supplier = (sku: string, to_consumers: number): OrderHabit => {
      const one = habit('A', { gone: nothing, ...chasing(87, ['S1', 'S2'])(sku) });
      return { ...one, sku_id: sku, retail: one.sold.map((units) => units * to_consumers) };
    };
    const asked = (one: OrderHabit): readonly [string, Float64Array] => [
      goodsKeyOf(one),
      runningSums(one.sold.map((_, day) => 2 + (one.sku_id !== 'S3' && (day === 90 || day === 92) ? 80 : 0))),
    ];
    const passing = ['S1', 'S2', 'S3'].map((sku) => supplier(sku, 0.1));
    expect(judgeAll(passing)).toHaveLength(2);
    expect(judgeAll(passing, REBATES, new Map(passing.map(asked)))).toEqual([]);
    // Who supplies nothing to those below it orders nothing for them.
    const aside = ['S1', 'S2', 'S3'].map((sku) => supplier(sku, 1));
    expect(judgeAll(aside, REBATES, new Map(aside.map(asked)))).toHaveLength(2);
  });

  test('who had passed the last step of its programme before hardly chases one', () => {
    const own = ['S1', 'S2', 'S3'].map((sku_id): OrderHabit => ({
      ...habit('A', { gone: nothing, ...chasing(87, ['S1', 'S2'], 35)(sku_id) }),
      sku_id,
    }));
    const units = runningSums(
      own[0]?.ordered.map((_, day) => sum(own.map((one) => one.ordered[day] ?? 0))) ?? new Float64Array(0),
    );
    const totals = new Map([['A', { units, value: units }]]);
    const logOdds = (tiers_from: readonly number[]): number =>
      judgeAll(own, [{ from: 0, to: 91, basis: 'qty', tiers_from }], new Map(), totals)[0]?.log_odds ?? 0;
    expect(logOdds([100, 200])).toBeCloseTo(logOdds([100, 1e6]) + Math.log(0.1 / 0.7), 9);
  });

  test('a product of which no whole order is beyond is not told along', () => {
    const little = (sku: string): Options => ({
      ordered: (day, usual) => usual + (day === 87 ? (sku === 'S3' ? 24 : 80) : 0),
    });
    expect(judge(little).map(({ sku_id }) => sku_id)).toEqual(['S1', 'S2']);
  });

  test('one large sale is no boom; that all products sell twice as fast is one', () => {
    const sale = (sku: string): Options => ({
      ...chasing(87, ['S1', 'S2'], 120)(sku),
      sold: (day, usual) => (sku === 'S1' && day === 83 ? 30 : usual),
    });
    expect(judge(sale)).toHaveLength(2);
    const boom = (sku: string): Options => ({
      ...chasing(87, ['S1', 'S2'], 120)(sku),
      sold: (day, usual) => (day >= 77 && day < 87 ? 2.5 * usual : usual),
    });
    expect(judge(boom)).toEqual([]);
  });

  test('what was ordered and never came is ordered again', () => {
    const again = (sku: string): OrderHabit => {
      const one = habit('A', { gone: nothing, ...chasing(87, ['S1', 'S2'])(sku) });
      const missed = (day: number): number => (sku !== 'S3' && (day === 73 || day === 75) ? 80 : 0);
      return { ...one, sku_id: sku, ordered: one.ordered.map((units, day) => units + missed(day)) };
    };
    expect(judgeAll(['S1', 'S2', 'S3'].map(again))).toEqual([]);
  });
});
