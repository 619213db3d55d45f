import { wholeOf, type OrderHabit } from './habit.ts';

/** A shelf is as good as empty below this share of its usual level: sizes and colours that nobody asks for are left. */
const EMPTY_SHARE = 0.05;

/** Running count of days on which there was something to sell, by the snapshots of a dealer and product; without them there always was. */
export function stockedDaysOf({ stock, sold }: Pick<OrderHabit, 'stock' | 'sold'>): Float64Array {
  const full = stock.filter((units) => units > 0).toSorted();
  const bound = EMPTY_SHARE * (full[full.length >> 1] ?? 0);
  const isEmpty = (day: number): boolean => (stock[day] ?? NaN) <= bound;
  const stocked = new Float64Array(stock.length + 1);
  for (let day = 0; day < stock.length; day += 1) {
    // Empty in the morning and in the evening, and nothing sold: nobody could buy.
    const is_idle = isEmpty(day - 1) && isEmpty(day) && (sold[day] ?? 0) <= 0;
    stocked[day + 1] = (stocked[day] ?? 0) + (is_idle ? 0 : 1);
  }
  return stocked;
}

/** First of the last `days` days before `from` on which there was something to sell. */
export function stockedSince(
  { habit, stocked }: { readonly habit: OrderHabit; readonly stocked: Float64Array },
  from: number,
  days: number,
): number {
  const { from: begins } = wholeOf(habit);
  let since = Math.max(begins, from - days);
  while (since > begins && (stocked[from] ?? 0) - (stocked[since] ?? 0) < days) since -= 1;
  return since;
}
