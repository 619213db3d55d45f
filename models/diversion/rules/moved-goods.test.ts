import { describe, expect, test } from 'vitest';
import { countedShelvesOf } from '../counted-shelf.ts';
import type { OrderHabit } from '../habit.ts';
import { shelvesOf } from '../leakage.ts';
import { habit, others } from './habit-channel.ts';
import { movedGoods, type SentGoods } from './moved-goods.ts';

/** Units that leave a shelf unseen each day of a stretch; what comes to it is less than 0. */
const daily = (units: number) => (day: number) => (day >= 95 && day < 115 ? units : 0);
const quiet = others(undefined, () => 0);
const deed = (out: number, into: number): OrderHabit[] => [
  habit('A', { gone: daily(out) }),
  habit('B', { gone: daily(-into) }),
];
const pairs = ['A', ...quiet.map(({ dealer_id }) => dealer_id)].flatMap((one) => [
  { seller: one, buyer: 'B' },
  { seller: 'B', buyer: one },
  { seller: 'U1', buyer: one },
]);
const judge = (own: readonly OrderHabit[], sent: readonly SentGoods[] = []) =>
  movedGoods(pairs, countedShelvesOf(shelvesOf([...own, ...quiet], 3)), sent);

describe('goods that left one shelf and came to another', () => {
  test('are a pair, the dealer that they left as the seller', () => {
    const [found, ...further] = judge(deed(5, 5));
    expect(further).toEqual([]);
    expect(found).toMatchObject({
      ...{ kind: 'paired_buyer', origin_dealer_id: 'A', found_dealer_id: 'B', sku_id: 'S1' },
    });
    expect(found?.log_odds).toBeGreaterThan(Math.log(99));
    expect(found?.units).toBeGreaterThan(80);
  });

  test('are none where one of the two shelves is as it should be', () => {
    expect(judge(deed(5, 0))).toEqual([]);
    expect(judge(deed(0, 5))).toEqual([]);
  });

  test('are none where as much leaves as ever', () => {
    expect(judge([habit('A', { gone: () => 5 }), habit('B', { gone: daily(-5) })])).toEqual([]);
  });

  test('say little where it is one order, which may be booked late', () => {
    const once = (units: number) => (day: number) => (day === 95 ? units : 0);
    const [found] = judge([habit('A', { gone: once(20) }), habit('B', { gone: once(-20) })]);
    expect(found?.log_odds ?? 0).toBeLessThan(Math.log(99));
  });

  test('are no secret where they were sent openly', () => {
    const sent = { from_dealer_id: 'A', to_dealer_id: 'B', sku_id: 'S1' };
    expect(judge(deed(5, 5), [sent])).toEqual([]);
    expect(judge(deed(5, 5), [{ ...sent, to_dealer_id: 'U1' }])).toHaveLength(1);
  });

  test('add up over products, each too small alone', () => {
    const of = (sku_id: string): OrderHabit[] => deed(1.5, 1.5).map((one) => ({ ...one, sku_id }));
    const told = (skus: readonly string[]): number =>
      Math.max(0, ...judge(skus.flatMap(of)).map(({ log_odds }) => log_odds));
    expect(told(['S1'])).toBeLessThan(Math.log(99));
    expect(told(['S1', 'S2', 'S3'])).toBeGreaterThan(Math.log(99));
  });
});
