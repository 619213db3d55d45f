import { sumIn, wholeOf, type OrderHabit, type Stretch } from './habit.ts';
import type { Expectation, Usual } from './order-expectation.ts';

/** Days with goods on the shelf that must be known, so that there is a usual level. */
const STOCKED_DAYS_MIN = 7;
/** A shelf is as good as empty below this share of its usual level: sizes and colours that nobody asks for are left. */
const EMPTY_SHARE = 0.05;

/** When a dealer's shelf of a product was empty; without snapshots it never was. */
export interface StockOuts {
  /** Running count of days on which there was something to sell. */
  readonly stocked: Float64Array;
  /** Days at whose end the shelf was empty. */
  readonly is_empty: (day: number) => boolean;
  /** Units on the shelf, and on their way to it, on half of the days before `day` on which it is not empty; null where too few are known. */
  readonly level: (day: number) => number | null;
}

/** What the snapshots of a dealer and product say of days without stock. */
export function stockOutsOf({ stock, sold }: Pick<OrderHabit, 'stock' | 'sold'>): StockOuts {
  const bound = EMPTY_SHARE * (medianOf(stock.filter((units) => units > 0)) ?? 0);
  const is_empty = (day: number): boolean => (stock[day] ?? NaN) <= bound;
  const stocked = new Float64Array(stock.length + 1);
  for (let day = 0; day < stock.length; day += 1) {
    // Empty in the morning and in the evening, and nothing sold: nobody could buy.
    const is_idle = is_empty(day - 1) && is_empty(day) && (sold[day] ?? 0) <= 0;
    stocked[day + 1] = (stocked[day] ?? 0) + (is_idle ? 0 : 1);
  }
  const level = (day: number): number | null => {
    const full = stock.slice(0, Math.max(0, day)).filter((units) => units > bound);
    return full.length < STOCKED_DAYS_MIN ? null : medianOf(full);
  };
  return { stocked, is_empty, level };
}

/**
 * Units that the orders of a stretch refill: an empty shelf up to its usual level, and what would have been ordered for the days that it
 * stood empty, less what was ordered since it was empty, or since the stretch began: who orders much, and is empty again, refills
 * nothing. Of several times that the shelf was empty the one that needs most; 0 where it never was when an order was placed.
 */
export function refillIn(
  { habit, ordered, stock_outs }: Expectation,
  { from, to }: Stretch,
  { rate }: Pick<Usual, 'rate'>,
): number {
  let most = 0;
  for (let day = from; day < to; day += 1) {
    if ((habit.ordered[day] ?? 0) <= 0) continue;
    let since = day;
    while (since > habit.begins && stock_outs.is_empty(since - 1)) since -= 1;
    if (since === day) continue;
    const level = stock_outs.level(Math.min(since, from));
    const before = { from: Math.min(since, from), to: day };
    if (level !== null) most = Math.max(most, level + rate * (day - since) - sumIn(ordered, before));
  }
  return most;
}

/** First of the last `days` days before `from` on which there was something to sell. */
export function stockedSince(
  { habit, stock_outs: { stocked } }: Expectation,
  from: number,
  days: number,
): number {
  const { from: begins } = wholeOf(habit);
  let since = Math.max(begins, from - days);
  while (since > begins && (stocked[from] ?? 0) - (stocked[since] ?? 0) < days) since -= 1;
  return since;
}

function medianOf(values: Float64Array): number | null {
  return values.toSorted()[values.length >> 1] ?? null;
}
