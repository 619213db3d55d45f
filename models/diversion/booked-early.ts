import { groupBy } from './group-by.ts';
import type { OrderHabit } from './habit.ts';

/** So many days before the orders tell of a shipment the stock may; fewer than 0: after it. The nearest counts, of two as near the later. */
const EARLY_DAYS = [0, -1, 1, -2, 2, -3, 3, -4, -5] as const;
/** A rise of stock is a shipment's if it differs by no more than this share. */
const TOLERANCE = 0.1;
/** A dealer's own books decide where so many of its shipments are found in them; else those of the channel do. */
const OWN_MIN = 8;

/**
 * The same habits, shipments moved to the days on which the dealers' stock tells of them. Some systems count goods as in transit
 * when they are promised, a day or two before they are shipped: until then so much seems to have come back, and afterwards to have left.
 * Goods that stock tells of later than they were shipped are on their way: what books have settled by is told by `settleDaysOf`.
 */
export function withShipmentsAsBooked(habits: readonly OrderHabit[]): OrderHabit[] {
  const found_in = new Map(habits.map((habit) => [habit, foundEarly(habit)]));
  const of_channel = earlyDays([...found_in.values()]);
  const newest = Math.max(-1, ...habits.map(({ counted }) => counted.lastIndexOf(1)));
  return [...groupBy(habits, ({ dealer_id }) => dealer_id).values()].flatMap((own) => {
    const found = own.map((habit) => found_in.get(habit) ?? []);
    const days = found.flat().reduce((sum, one) => sum + one, 0) < OWN_MIN ? of_channel : earlyDays(found);
    return days === 0
      ? own
      : own.map((habit) => ({ ...habit, shipped: earlier(habit, days, newest + 1 - days) }));
  });
}

/** Shipments that were found in the stock, by `EARLY_DAYS`. */
function foundEarly(habit: OrderHabit): number[] {
  const found = EARLY_DAYS.map(() => 0);
  for (let day = 1; day < habit.stock.length; day += 1) {
    const rise = riseOn(habit, day);
    if (rise <= 0) continue;
    const early = EARLY_DAYS.findIndex((days) => {
      const sent = habit.shipped[day + days] ?? 0;
      return sent > 0 && Math.abs(sent - rise) <= TOLERANCE * sent;
    });
    if (early >= 0) found[early] = (found[early] ?? 0) + 1;
  }
  return found;
}

/** Units that came on a day, by the snapshots of it and of the day before; 0 where there are none. */
function riseOn({ stock, sold, counted }: OrderHabit, day: number): number {
  if (counted[day] !== 1 || counted[day - 1] !== 1) return 0;
  return Math.max(0, (stock[day] ?? 0) - (stock[day - 1] ?? 0) + (sold[day] ?? 0));
}

/** The days that stock is early by most often; 0 where it is late. */
function earlyDays(found: readonly (readonly number[])[]): number {
  const sums = EARLY_DAYS.map((_, i) => found.reduce((sum, one) => sum + (one[i] ?? 0), 0));
  return Math.max(0, EARLY_DAYS[sums.indexOf(Math.max(...sums))] ?? 0);
}

/** What will be shipped is not known yet: from `unknown_from` on what came counts. */
function earlier(habit: OrderHabit, days: number, unknown_from: number): Float64Array {
  return habit.shipped.map((_, day) =>
    day < unknown_from ? (habit.shipped[day + days] ?? 0) : riseOn(habit, day),
  );
}
