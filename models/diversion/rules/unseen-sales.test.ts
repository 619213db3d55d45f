import { describe, expect, test } from 'vitest';
import { countedShelvesOf } from '../counted-shelf.ts';
import { beginsOf, type HabitSignal, type OrderHabit } from '../habit.ts';
import { shelvesOf } from '../leakage.ts';
import { unseenSales } from './unseen-sales.ts';

const DAYS = 60;
const PRIOR = Math.log(99);

/** What a dealer sells of a product on a day, and what share of it it scans; units that are lost, scanned, and delivered with the week's, on it besides. */
interface Day {
  readonly sells: number;
  readonly scans: number;
  readonly lost?: number;
  readonly scans_later?: number;
  readonly comes?: number;
}
type Habit = (dealer: string, sku: string, day: number) => Day;

/**
 * Twelve dealers that get 28 units of each of three products every week, and sell some four a day, by what `habit` says; their shelves are
 * counted every `gap` days.
 */
function channel(habit: Habit, gap = 1): OrderHabit[] {
  const habits: OrderHabit[] = [];
  for (let n = 1; n <= 12; n += 1)
    for (const sku_id of ['S1', 'S2', 'S3']) {
      const [ordered, retail, shipped, stock] = Array.from({ length: 4 }, () => new Float64Array(DAYS)) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const counted = new Uint8Array(DAYS);
      let shelf = 40;
      for (let day = 0; day < DAYS; day += 1) {
        const { sells, scans, lost = 0, scans_later = 0, comes = 0 } = habit(`D${n}`, sku_id, day);
        // Never quite the same, and never by chance.
        const units = Math.min(shelf, Math.round(sells * (1 + (((day * 7 + n * 3) % 5) - 2) / 4)));
        if ((day + n) % 7 === 0) ordered[day] = shipped[day] = 28 + comes;
        shelf += (shipped[day] ?? 0) - units - lost;
        retail[day] = Math.round(units * scans) + scans_later;
        counted[day] = day % gap === 0 ? 1 : 0;
        stock[day] = counted[day] === 1 ? shelf : (stock[day - 1] ?? NaN);
      }
      const begins = beginsOf({ ordered, stock });
      const rest = { value: ordered, sold: retail, retail, shipped, stock, counted, promoted: [], begins };
      habits.push({ dealer_id: `D${n}`, sku_id, ordered, ...rest });
    }
  return habits;
}

function told(habit: Habit, gap?: number): HabitSignal[] {
  const habits = channel(habit, gap);
  return unseenSales(habits, countedShelvesOf(shelvesOf(habits, 3)));
}

const raised = (habit: Habit, gap?: number) => told(habit, gap).filter(({ log_odds }) => log_odds >= PRIOR);
const usual = { sells: 4, scans: 0.95 };

describe('unseen sales', () => {
  test('a dealer that scans what it sells, one that never scans half of it, and one that closes raise nothing', () => {
    expect(raised(() => usual)).toEqual([]);
    expect(raised((dealer) => (dealer === 'D3' ? { sells: 4, scans: 0.3 } : usual))).toEqual([]);
    expect(
      raised((dealer, _sku, day) => (dealer === 'D3' && day >= 35 ? { sells: 0, scans: 1 } : usual)),
    ).toEqual([]);
  });

  test('goods that leave the shelf unscanned, where they used to be scanned, are told by product with their days and shares', () => {
    const signals = raised((dealer, _sku, day) =>
      dealer === 'D3' && day >= 35 ? { sells: 4, scans: 0.05 } : usual,
    );
    expect(signals.map(({ sku_id }) => sku_id)).toEqual(['S1', 'S2', 'S3']);
    for (const { kind, origin_dealer_id, from, expected, observed, units } of signals) {
      expect({ kind, origin_dealer_id }).toEqual({ kind: 'missing_scans', origin_dealer_id: 'D3' });
      expect(Math.abs(from - 35)).toBeLessThanOrEqual(5);
      expect(expected).toBeGreaterThan(0.8);
      expect(observed).toBeLessThan(0.3);
      expect(units).toBeGreaterThan(40);
    }
  });

  test('one product of several is told alone, and products together are surer than one', () => {
    const scraped =
      (skus: readonly string[]): Habit =>
      (dealer, sku, day) =>
        dealer === 'D3' && skus.includes(sku) && day >= 33 ? { sells: 4, scans: 0.1 } : usual;
    const [one] = raised(scraped(['S2']));
    expect(one).toMatchObject({ origin_dealer_id: 'D3', sku_id: 'S2' });
    expect(raised(scraped(['S2']))).toHaveLength(1);
    const all = told(scraped(['S1', 'S2', 'S3']));
    expect(all[0]?.log_odds).toBeGreaterThanOrEqual(one?.log_odds ?? Infinity);
  });

  test('a shelf that is counted every other day tells as much', () => {
    const scraped: Habit = (dealer, sku, day) =>
      dealer === 'D3' && sku === 'S2' && day >= 33 ? { sells: 4, scans: 0 } : usual;
    expect(raised(scraped, 2)).toMatchObject([{ origin_dealer_id: 'D3', sku_id: 'S2' }]);
    expect(raised(() => usual, 2)).toEqual([]);
  });

  test('a few days without scans, and an order that left the shelf at once, are not told, however quiet the channel is otherwise', () => {
    const forgotten: Habit = (dealer, sku, day) =>
      dealer === 'D3' && sku === 'S2' && day >= 40 && day < 44 ? { sells: 4, scans: 0 } : usual;
    expect(raised(forgotten)).toEqual([]);
    const passed_on: Habit = (dealer, sku, day) =>
      dealer === 'D3' && sku === 'S2' && day === 45 ? { ...usual, lost: 24 } : usual;
    expect(raised(passed_on)).toEqual([]);
    const lost_as_it_closed: Habit = (dealer, sku, day) =>
      dealer === 'D3' && sku === 'S2' && day >= 42
        ? { sells: 0, scans: 0, lost: day === 45 ? 24 : 0 }
        : usual;
    expect(raised(lost_as_it_closed)).toEqual([]);
  });

  test('a scanner that is broken for a week is no reason, and one whose sales are scanned afterwards neither', () => {
    const silent =
      (days: number): Habit =>
      (dealer, _sku, day) =>
        dealer === 'D3' && day >= 35 && day < 35 + days ? { sells: 4, scans: 0 } : usual;
    expect(raised(silent(7))).toEqual([]);
    expect(raised(silent(18))).toHaveLength(3);
    const caught_up: Habit = (dealer, sku, day) =>
      dealer === 'D3' && day === 55 ? { ...usual, scans_later: 68 } : silent(18)(dealer, sku, day);
    expect(raised(caught_up)).toEqual([]);
  });

  test('a part of the codes that comes off for six weeks is told by all of them', () => {
    const scraped: Habit = (dealer, sku, day) =>
      dealer === 'D3' && sku === 'S2' && day >= 15 ? { sells: 4, scans: 0.6 } : usual;
    expect(raised(scraped)).toMatchObject([{ origin_dealer_id: 'D3', sku_id: 'S2' }]);
  });

  test('weeks in each of which most is scanned are no broken scanner, but half a till for days may be', () => {
    const partly =
      (scans: number, to: number): Habit =>
      (dealer, _sku, day) =>
        dealer === 'D3' && day >= 28 && day < to ? { sells: 4, scans } : usual;
    expect(raised(partly(0.7, DAYS))).toHaveLength(3);
    expect(raised(partly(0.5, 40))).toEqual([]);
  });

  test('who sells more must scan more, by as much as sales grow; what leaves beyond is not missed among its scans', () => {
    const grown =
      (sells: number, scans: number): Habit =>
      (dealer, sku, day) =>
        dealer === 'D3' && sku === 'S2' && day >= 28 ? { sells, scans } : usual;
    expect(raised(grown(5, 0.5))).toMatchObject([{ origin_dealer_id: 'D3', sku_id: 'S2' }]);
    const passed_on: Habit = (dealer, _sku, day) =>
      dealer === 'D3' && day >= 28 ? { ...usual, lost: 2, comes: 14 } : usual;
    expect(raised(passed_on)).toEqual([]);
  });

  test('what is sold by the case is restless, and does not hide who scrapes codes off units', () => {
    // Every dealer forgets to scan three cases of S3 in a row once.
    const careless = (n: number): number => 16 + ((n * 5) % 30);
    const byCases: Habit = (dealer, sku, day) => {
      if (sku !== 'S3') return dealer === 'D3' && day >= 33 ? { sells: 4, scans: 0.4 } : usual;
      const n = Number(dealer.slice(1));
      const is_sold = (day * 5 + n * 3) % 7 === 0;
      const is_forgotten = day >= careless(n) && day < careless(n) + 21;
      return { sells: is_sold ? 24 : 0, scans: is_forgotten ? 0 : 1 };
    };
    expect(raised(byCases).map(({ origin_dealer_id, sku_id }) => [origin_dealer_id, sku_id])).toEqual([
      ['D3', 'S1'],
      ['D3', 'S2'],
    ]);
  });
});
