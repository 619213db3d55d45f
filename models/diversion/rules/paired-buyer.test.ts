import { describe, expect, test } from 'vitest';
import type { HabitSignal, OrderHabit } from '../habit.ts';
import { expectationsOf } from '../order-expectation.ts';
import { habit, others } from './habit-channel.ts';
import { pairedBuyers, type Pair } from './paired-buyer.ts';

/** What the rule says of a pair, among pairs of dealers that go on as always. */
function judge(seller: OrderHabit, buyer: OrderHabit): HabitSignal | undefined {
  const all = expectationsOf([seller, buyer, ...others()]);
  const pairs = all.map((one, i): Pair => ({ seller: one, buyer: all[(i + 1) % all.length] ?? one }));
  return pairedBuyers(pairs).find(({ origin_dealer_id }) => origin_dealer_id === seller.dealer_id);
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

  test('a buyer that goes on selling is surer than one whose customers have gone', () => {
    const half = (factor: number) => (day: number, usual: number) => (day >= 96 ? usual * factor : usual);
    const seller = habit('A', { every: 7, ordered: half(1.6) });
    const goes_on = judge(seller, habit('B', { every: 7, first: 2, ordered: half(0.4) }));
    const gone = judge(seller, habit('B', { every: 7, first: 2, ordered: half(0.4), sold: half(0.2) }));
    expect(goes_on?.log_odds ?? NaN).toBeCloseTo((gone?.log_odds ?? NaN) + Math.log(4), 6);
  });
});
