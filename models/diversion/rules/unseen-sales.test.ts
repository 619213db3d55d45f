import { describe, expect, test } from 'vitest';
import { beginsOf, type OrderHabit } from '../habit.ts';
import { unseenSales } from './unseen-sales.ts';

const DAYS = 60;
const PRIOR = Math.log(99);

/** What a dealer sells of a product on a day, and what share of it it scans. */
type Habit = (dealer: string, sku: string, day: number) => { readonly sells: number; readonly scans: number };

/** Twelve dealers that get 28 units of each of three products every week, and sell some four a day, by what `habit` says. */
function channel(habit: Habit): OrderHabit[] {
  const habits: OrderHabit[] = [];
  for (let n = 1; n <= 12; n += 1)
    for (const sku_id of ['S1', 'S2', 'S3']) {
      const [ordered, sold, shipped, stock] = Array.from({ length: 4 }, () => new Float64Array(DAYS)) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      let shelf = 40;
      for (let day = 0; day < DAYS; day += 1) {
        const { sells, scans } = habit(`D${n}`, sku_id, day);
        // Never quite the same, and never by chance.
        const units = Math.min(shelf, Math.round(sells * (1 + (((day * 7 + n * 3) % 5) - 2) / 4)));
        if ((day + n) % 7 === 0) ordered[day] = shipped[day] = 28;
        shelf += (shipped[day] ?? 0) - units;
        sold[day] = Math.round(units * scans);
        stock[day] = shelf;
      }
      const begins = beginsOf({ ordered, stock });
      const rest = { value: ordered, sold, shipped, stock, promoted: [], begins };
      habits.push({ dealer_id: `D${n}`, sku_id, ordered, ...rest });
    }
  return habits;
}

const raised = (habit: Habit) => unseenSales(channel(habit)).filter(({ log_odds }) => log_odds >= PRIOR);
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
    const all = unseenSales(channel(scraped(['S1', 'S2', 'S3'])));
    expect(all[0]?.log_odds).toBeGreaterThanOrEqual(one?.log_odds ?? Infinity);
  });

  test('little more than one order is not told, however quiet the channel is otherwise', () => {
    const forgotten: Habit = (dealer, sku, day) =>
      dealer === 'D3' && sku === 'S2' && day >= 47 ? { sells: 4, scans: 0 } : usual;
    expect(unseenSales(channel(forgotten)).length).toBeLessThanOrEqual(1);
    expect(raised(forgotten)).toEqual([]);
  });
});
