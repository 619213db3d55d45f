import { describe, expect, test } from 'vitest';
import { countedShelvesOf } from '../counted-shelf.ts';
import type { HabitSignal, OrderHabit } from '../habit.ts';
import { shelvesOf } from '../leakage.ts';
import { countedPairs, type Neighbours, type SentGoods } from './counted-pairs.ts';
import { habit } from './habit-channel.ts';

/** Orders begin on day 75, deeds on day 98 of 120: too late for a rule that reads orders alone. */
const [FIRST, SINCE] = [75, 98];
const PRIOR = Math.log(99);

type Options = Parameters<typeof habit>[1];
const since =
  (factor: number) =>
  (day: number, usual: number): number =>
    day >= SINCE ? usual * factor : usual;
const nothing = (): number => 0;

/** Shelves are as full on the first day of orders as ever after. */
function dealer(id: string, { sold = (_, usual) => usual, ...more }: NonNullable<Options> = {}): OrderHabit {
  const open = (day: number, usual: number): number => (day < FIRST ? 0 : sold(day, usual));
  return habit(id, { first: FIRST, gone: nothing, ...more, sold: open });
}
/** Forty dealers that go on as always; some lose a unit now and then, some sell less for a while. */
const rest = Array.from({ length: 40 }, (_, i) =>
  dealer(`U${i}`, {
    first: FIRST + (i % 5),
    gone: (day) => (i % 3 === 0 && day % 9 === i % 9 ? 1 : 0),
    sold: (day, usual) => (i % 4 === 0 && day >= 90 + (i % 20) ? 0.8 * usual : usual),
    ordered: (day, usual) => (i % 4 === 0 && day >= 90 + (i % 20) ? 0.8 * usual : usual),
  }),
);

/** Each dealer with the three before it. */
function pairsOf(habits: readonly OrderHabit[]): Neighbours[] {
  const ids = habits.map(({ dealer_id }) => dealer_id);
  return ids.flatMap((buyer, i) =>
    [1, 2, 3].map((step) => ({ buyer, seller: ids[(i + ids.length - step) % ids.length] ?? '' })),
  );
}

/** @param dealers those of them, each once */
function told(all: readonly OrderHabit[], dealers = all, sent: readonly SentGoods[] = []): HabitSignal[] {
  return countedPairs(all, pairsOf(dealers), countedShelvesOf(shelvesOf(all, 3)), sent);
}

function judge(habits: readonly OrderHabit[], sent: readonly SentGoods[] = []): HabitSignal[] {
  const all = [...habits, ...rest];
  return told(all, all, sent).filter(({ log_odds }) => log_odds >= PRIOR);
}

const seller = (more: Options = {}): OrderHabit =>
  dealer('A', { ordered: since(2), gone: (day) => (day >= SINCE ? 4 : 0), ...more });
const buyer = (more: Options = {}): OrderHabit =>
  dealer('B', { ordered: since(0), sold: since(0.1), ...more });

describe('counted pairs', () => {
  test('goods that leave one shelf unseen while another is seen to sell as much less are a pair, after three weeks', () => {
    expect(judge([seller(), buyer()])).toMatchObject([
      { kind: 'paired_buyer', origin_dealer_id: 'A', found_dealer_id: 'B', sku_id: 'S1' },
    ]);
  });

  test('one of the two alone is no pair', () => {
    expect(judge([seller(), dealer('B')])).toEqual([]);
    expect(judge([dealer('A'), buyer()])).toEqual([]);
  });

  test('who does not scan its own sales any more is no seller, nor who lost a delivery at once', () => {
    expect(judge([seller({ sold: since(0) }), buyer()])).toEqual([]);
    expect(judge([seller({ gone: (day) => (day === 105 ? 80 : 0) }), buyer()])).toEqual([]);
  });

  test('who has nothing to sell, whose own goods leave unseen, or who orders more, is no buyer', () => {
    expect(judge([seller(), buyer({ gone: (day) => (day === SINCE ? 10_000 : 0) })])).toEqual([]);
    expect(judge([seller(), buyer({ gone: (day) => (day >= SINCE ? 4 : 0) })])).toEqual([]);
    expect(judge([seller(), buyer({ ordered: since(2) })])).toEqual([]);
  });

  test('a buyer that goes on ordering is one: what it is seen to sell tells', () => {
    const daily = buyer({ every: 1, ordered: since(0.9) });
    expect(judge([seller({ gone: (day) => (day >= SINCE ? 18 : 0) }), daily])).toHaveLength(1);
  });

  test('a buyer that goes on scanning what it sells is one: as much was never shipped to it', () => {
    const fed = buyer({ sold: (_, usual) => usual, gone: (day) => (day >= SINCE ? -4 : 0) });
    expect(judge([seller(), fed])).toMatchObject([{ origin_dealer_id: 'A', found_dealer_id: 'B' }]);
  });

  test('goods that go by the case are counted by the case', () => {
    const by_case =
      (every: number, units: number) =>
      (day: number): number =>
        day >= SINCE && day % every === 0 ? units : 0;
    expect(judge([seller({ gone: by_case(3, 12) }), buyer()])).toHaveLength(1);
    expect(judge([seller({ gone: by_case(11, 44) }), buyer()])).toEqual([]);
  });

  test('who never scanned well leaves no more unseen than ever', () => {
    const careless = { ordered: since(2), gone: (day: number) => (day >= FIRST ? 4 : 0) };
    expect(judge([dealer('A', careless), buyer()])).toEqual([]);
  });

  test('what was sent openly is no secret', () => {
    const sent = { from_dealer_id: 'A', to_dealer_id: 'B', sku_id: 'S1' };
    expect(judge([seller(), buyer()], [sent])).toEqual([]);
    expect(judge([seller(), buyer()], [{ ...sent, sku_id: 'S2' }])).toHaveLength(1);
  });

  test('two that do not balance are no pair; two products of the same dealers are surer than one', () => {
    expect(judge([seller({ gone: (day) => (day >= SINCE ? 40 : 0) }), buyer()])).toEqual([]);
    const little = [
      seller({ gone: (day) => (day >= SINCE ? 2 : 0) }),
      buyer({ sold: since(0.5), ordered: since(0.5) }),
    ];
    const all = [...little, ...rest];
    const of_other = all.map((one) => ({ ...one, sku_id: 'S2' }));
    const [one] = told(all);
    const both = told([...all, ...of_other], all);
    expect(both.filter(({ origin_dealer_id }) => origin_dealer_id === 'A')).toHaveLength(2);
    expect(both[0]?.log_odds).toBeGreaterThan(one?.log_odds ?? Infinity);
  });
});
