import { describe, expect, test } from 'vitest';
import type { HabitSignal, OrderHabit } from '../habit.ts';
import { leaksOf, shelvesOf } from '../leakage.ts';
import { expectationsOf } from '../order-expectation.ts';
import { habit, others } from './habit-channel.ts';
import { pairedBuyers, type Pair } from './paired-buyer.ts';

/** What the rule says of a pair, among pairs of dealers that go on as always. */
function judge(seller: OrderHabit, buyer: OrderHabit, rest = others()): HabitSignal | undefined {
  const habits = [seller, buyer, ...rest];
  const all = expectationsOf(habits);
  const sales = expectationsOf(habits.map((one) => ({ ...one, ordered: one.sold })));
  const pairs = all.map((one, i): Pair => {
    const next = (i + 1) % all.length;
    return { seller: one, buyer: all[next] ?? one, sales: sales[next] ?? one };
  });
  return pairedBuyers(pairs, leaksOf(shelvesOf(habits, 3))).find(
    ({ origin_dealer_id }) => origin_dealer_id === seller.dealer_id,
  );
}
const from = (begin: number, factor: number) => (day: number, usual: number) =>
  day >= begin ? usual * factor : usual;
const PRIOR = Math.log(99);

describe('paired_buyer', () => {
  test('two that order as always are no pair', () => {
    expect(judge(habit('A'), habit('B', { first: 2 }))).toBeUndefined();
  });

  test('one that stops to buy as its neighbour buys for both is told, as the neighbour’s deed', () => {
    const signal = judge(
      habit('A', { ordered: from(75, 2) }),
      habit('B', { first: 2, ordered: from(75, 0) }),
    );
    expect(signal).toMatchObject({
      kind: 'paired_buyer',
      origin_dealer_id: 'A',
      found_dealer_id: 'B',
      observed: 0,
    });
    expect(signal?.log_odds).toBeGreaterThan(PRIOR);
    expect(signal?.from).toBeGreaterThan(70);
    expect(signal?.units).toBeGreaterThan(100);
  });

  test('a fall without a rise, a rise without a fall, and two that do not balance are none', () => {
    const raised = (seller: OrderHabit, buyer: OrderHabit): boolean =>
      (judge(seller, buyer)?.log_odds ?? 0) >= PRIOR;
    expect(raised(habit('A'), habit('B', { first: 2, ordered: from(75, 0) }))).toBe(false);
    expect(raised(habit('A', { ordered: from(75, 2) }), habit('B', { first: 2 }))).toBe(false);
    expect(
      raised(habit('A', { ordered: from(75, 4) }), habit('B', { first: 2, ordered: from(75, 0.45) })),
    ).toBe(false);
  });

  describe('with what the buyer is seen to sell', () => {
    const nothing = (): number => 0;
    const rest = others(undefined, nothing);
    const seller = habit('A', { ordered: from(75, 2), gone: (day) => (day >= 78 ? 4 : 0) });
    const buyer = (sold: number, more: Partial<Parameters<typeof habit>[1]> = {}) =>
      habit('B', { first: 2, ordered: from(75, 0), sold: from(75, sold), gone: nothing, ...more });
    const told = (one: OrderHabit, by = seller): number => judge(by, one, rest)?.log_odds ?? 0;

    test('sales that fall from a full shelf, as the neighbour lacks as much, are a pair', () => {
      expect(judge(seller, buyer(0.1), rest)).toMatchObject({ origin_dealer_id: 'A', found_dealer_id: 'B' });
      expect(told(buyer(0.1))).toBeGreaterThan(PRIOR);
    });

    test('who sells off what lies on its shelf buys from nobody', () => {
      expect(told(buyer(1))).toBe(0);
    });

    test('a neighbour from whose shelf nothing is missing is no seller', () => {
      expect(told(buyer(0.1), habit('A', { ordered: from(75, 2), gone: nothing }))).toBe(0);
    });

    test('who has nothing to sell sells nothing', () => {
      const emptied = (day: number): number => (day === 74 ? 10_000 : 0);
      expect(told(buyer(0.1, { gone: emptied }))).toBe(0);
    });
  });
});
