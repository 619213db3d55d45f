import { describe, expect, test } from 'vitest';
import type { OrderHabit } from './habit.ts';
import { judgeHabits, type HabitDealer } from './judge-habits.ts';
import { habit } from './rules/habit-channel.ts';

/** Orders begin on day 75, a pair on day 98 of 120. */
const [FIRST, SINCE] = [75, 98];
const PRIOR = Math.log(99);

function dealer(id: string, options: Parameters<typeof habit>[1] = {}): OrderHabit {
  const { sold = (_: number, usual: number) => usual, ...more } = options;
  const open = (day: number, usual: number): number => (day < FIRST ? 0 : sold(day, usual));
  return habit(id, { first: FIRST, gone: () => 0, ...more, sold: open });
}
const since =
  (factor: number) =>
  (day: number, usual: number): number =>
    day >= SINCE ? usual * factor : usual;

/** A and B, a pair, among forty others; `changed` has a new version in its days, B buys from `parent_of_b`. */
function judge(changed: string, parent_of_b = '') {
  const orders = [
    dealer('A', { ordered: since(2), gone: (day) => (day >= SINCE ? 4 : 0) }),
    dealer('B', { ordered: since(0), sold: since(0.1) }),
    ...Array.from({ length: 40 }, (_, i) =>
      dealer(`U${i}`, { first: FIRST + (i % 5), gone: (day) => (day % 9 === i % 9 ? 1 : 0) }),
    ),
  ];
  const dealers = orders.map(({ dealer_id }, i): HabitDealer => ({
    dealer_id,
    position: [120 + i / 20, 31],
    adcode: '320500',
    is_active: true,
    parent_dealer_id: dealer_id === 'B' ? parent_of_b : '',
    changed_on: dealer_id === changed ? [SINCE + 2] : [],
  }));
  return judgeHabits({ shipped: [], orders, dealers, rebates: null, sent: [] }).filter(
    ({ log_odds }) => log_odds >= PRIOR,
  );
}

describe('the rules about dealers together', () => {
  test('a pair is told once: neither its seller’s orders nor its shelf are told besides', () => {
    expect(judge('')).toMatchObject([
      { kind: 'paired_buyer', origin_dealer_id: 'A', found_dealer_id: 'B', sku_id: 'S1' },
    ]);
  });

  test('who supplies a dealer is no secret seller to it', () => {
    const pairs = judge('', 'A').filter(({ kind }) => kind === 'paired_buyer');
    expect(pairs).toEqual([]);
  });

  test('a new version explains that a buyer orders less, and not that goods leave a seller’s shelf unseen', () => {
    const told = (changed: string) => judge(changed).filter(({ kind }) => kind === 'paired_buyer');
    expect(told('A')).toHaveLength(1);
    expect(told('B')).toEqual([]);
  });

  test('a rebate is chased with goods that are hardly ever ordered otherwise: the dealer’s money says so', () => {
    const rare = {
      ...{ every: 60, first: 10, gone: () => 0, sold: () => 0.4 },
      ordered: (day: number, usual: number) => usual + (day === 88 ? 200 : 0),
    };
    const orders = [
      ...['S1', 'S2'].map((sku_id): OrderHabit => ({ ...habit('A', rare), sku_id })),
      ...Array.from({ length: 30 }, (_, i) =>
        habit(`U${i}`, { first: i % 5, every: 4 + (i % 4), gone: () => 0 }),
      ),
    ];
    const tiers = (tiers_from: readonly number[]) =>
      judgeHabits({
        ...{ shipped: [], orders, dealers: [], sent: [] },
        rebates: [{ from: 0, to: 91, basis: 'net_sales', tiers_from }],
      }).filter(({ log_odds }) => log_odds >= PRIOR);
    expect(tiers([3_000])).toMatchObject([
      { kind: 'order_surge', origin_dealer_id: 'A', sku_id: 'S1' },
      { kind: 'order_surge', origin_dealer_id: 'A', sku_id: 'S2' },
    ]);
    expect(tiers([30_000])).toEqual([]);
  });

  test('a range that is ordered twice over and leaves its shelves at once is told, unless it was sent openly', () => {
    const doubled = {
      ordered: (day: number, usual: number) => usual + (day === 90 ? 40 : 0),
      gone: (day: number) => (day === 98 ? 40 : 0),
    };
    const orders = [
      ...['S1', 'S2', 'S3'].map((sku_id): OrderHabit => ({ ...habit('A', doubled), sku_id })),
      ...Array.from({ length: 30 }, (_, i) =>
        habit(`U${i}`, { first: i % 5, every: 4 + (i % 4), gone: () => 0 }),
      ),
    ];
    const told = (skus: readonly string[]): string[] =>
      judgeHabits({
        ...{ shipped: [], orders, dealers: [], rebates: null },
        sent: skus.map((sku_id) => ({ from_dealer_id: 'A', to_dealer_id: 'U1', sku_id })),
      }).flatMap(({ kind, sku_id, log_odds }) =>
        kind === 'order_surge' && log_odds >= PRIOR ? [sku_id] : [],
      );
    expect(told([])).toEqual(['S1', 'S2', 'S3']);
    expect(told(['S2'])).toEqual(['S1', 'S3']);
    expect(told(['S1', 'S2', 'S3'])).toEqual([]);
  });
});
