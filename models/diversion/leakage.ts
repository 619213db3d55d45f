import { groupBy, sum } from './group-by.ts';
import { runningSums, sumIn, wholeOf, type OrderHabit, type Stretch } from './habit.ts';

/** A snapshot is taken before the day ends, and goods change hands on both sides of it: within so many days the books agree again. */
export const SETTLE_DAYS = 3;
/** Weeks in which so many units were sold at least say what share of its sales a dealer does not scan. */
const BLOCK = { days: 7, sold_min: 5 } as const;
/** Lengths of the stretches that other series are compared over, days. */
const LENGTHS = [14, 28, 56] as const;
/** Who scans less than this share of what it is sent tells nothing by not scanning. */
const SCANNED_MIN = 0.5;
/** Of goods that were passed on unseen at least half is missing from the books, with this probability. */
const MISSING_SHARE = 0.5;
const MISSING_CHANCE = 0.9;
/** What may be lost in any channel: no series is rarer than this. */
const EXCEED_MIN = 0.002;

/** A dealer and a product. */
type Series = Pick<OrderHabit, 'dealer_id' | 'sku_id'>;

/** What the books of dealers say of goods that were passed on unseen. */
export interface Leaks {
  /** ln of the likelihood ratio that so many units were passed on unseen in a stretch; 0 where nobody can tell. */
  readonly ratio: (series: Series, stretch: Stretch, units: number) => number;
  /** Units that are missing after a stretch and were not before it; null where nobody can tell. */
  readonly missing: (series: Series, stretch: Stretch) => number | null;
}

/** What the books of a dealer say of one product. */
export interface Shelf {
  readonly habit: OrderHabit;
  /** Units that left the shelf beyond what was seen, since the first day, settled; NaN before the first snapshot. */
  readonly gone: Float64Array;
  /** Running sums of the units that it was seen to sell. */
  readonly sold: Float64Array;
  /** Units of an order of usual size. */
  readonly lot: number;
}

interface Books extends Shelf {
  /** Share of what is seen sold that is sold besides, unseen, and whether it can be told. */
  readonly unseen_share: number;
  readonly is_told: boolean;
}

/**
 * Goods that leave a shelf without being seen: what was shipped to a dealer, less what it was seen to sell, less what its stock grew.
 * A dealer that passes goods on has too little on its shelves for what it scanned. How much is missing where nothing is wrong the
 * dealer's other weeks say, and how rare that much is, in orders of usual size, all series of the channel.
 */
export function leaksOf(habits: readonly OrderHabit[]): Leaks {
  const all = [...groupBy(habits, ({ dealer_id }) => dealer_id).values()].flatMap(booksOf);
  const by_key = new Map(all.map((books) => [keyOf(books.habit), books]));
  const usual = LENGTHS.map((length) =>
    all
      .filter(({ is_told }) => is_told)
      .flatMap((books) => blocksOf(books, length))
      .sort((a, b) => a - b),
  );
  const exceeding = (length: number, lots: number): number => {
    const nearest = LENGTHS.reduce(
      (best, one, i) => (Math.abs(one - length) < Math.abs((LENGTHS[best] ?? 0) - length) ? i : best),
      0,
    );
    const of_length = usual[nearest] ?? [];
    const more = of_length.length - firstAtLeast(of_length, lots);
    return Math.max(EXCEED_MIN, (more + 1) / (of_length.length + 1));
  };
  const missing = (series: Series, stretch: Stretch): number | null => {
    const books = by_key.get(keyOf(series));
    return books?.is_told === true ? missingIn(books, stretch) : null;
  };
  const ratio = (series: Series, stretch: Stretch, units: number): number => {
    const found = missing(series, stretch);
    const lot = by_key.get(keyOf(series))?.lot ?? 1;
    if (found === null || units <= 0) return 0;
    const honest = exceeding(stretch.to - stretch.from, (MISSING_SHARE * units) / lot);
    return found >= MISSING_SHARE * units
      ? Math.max(0, Math.log(MISSING_CHANCE / honest))
      : Math.log((1 - MISSING_CHANCE) / (1 - Math.min(honest, MISSING_CHANCE)));
  };
  return { ratio, missing };
}

export function shelfOf(habit: OrderHabit): Shelf {
  const orders = habit.ordered.filter((units) => units > 0);
  const lot = orders.length === 0 ? 1 : sum([...orders]) / orders.length;
  return { habit, gone: goneOf(habit), sold: runningSums(habit.sold), lot };
}

/** The books of all products of one dealer. */
function booksOf(habits: readonly OrderHabit[]): Books[] {
  const raw = habits.map(shelfOf);
  const shares = raw.flatMap(({ habit, gone, sold }) => {
    const whole = wholeOf(habit);
    const found: number[] = [];
    for (let to = whole.to; to - BLOCK.days >= whole.from + 1; to -= BLOCK.days) {
      const units = sumIn(sold, { from: to - BLOCK.days, to });
      const missing = (gone[to - 1] ?? NaN) - (gone[to - BLOCK.days - 1] ?? NaN);
      if (units >= BLOCK.sold_min && !Number.isNaN(missing)) found.push(missing / units);
    }
    return found;
  });
  const unseen_share = Math.max(0, shares.sort((a, b) => a - b)[Math.floor(shares.length / 2)] ?? 0);
  const total = (of: (habit: OrderHabit) => Float64Array): number =>
    sum(habits.map((habit) => of(habit).reduce((a, b) => a + b, 0)));
  const received = total(({ shipped }) => shipped);
  const is_told = received > 0 && total(({ sold }) => sold) >= SCANNED_MIN * received;
  return raw.map((shelf) => ({ ...shelf, unseen_share, is_told }));
}

function goneOf({ shipped, sold, stock }: OrderHabit): Float64Array {
  let booked = 0;
  const gone = stock.map((units, day) => {
    booked += (shipped[day] ?? 0) - (sold[day] ?? 0);
    return booked - units;
  });
  return gone.map((units, day) => {
    let least = units;
    for (let later = day + 1; later <= Math.min(day + SETTLE_DAYS, gone.length - 1); later += 1)
      least = Math.min(least, gone[later] ?? NaN);
    return least;
  });
}

/** Units that are missing at the end of a stretch and were not at its beginning; null where no snapshot tells. */
function missingIn({ gone, sold, unseen_share }: Books, stretch: Stretch): number | null {
  const missing = (gone[stretch.to - 1] ?? NaN) - (gone[stretch.from - 1] ?? NaN);
  return Number.isNaN(missing) ? null : missing - unseen_share * sumIn(sold, stretch);
}

/** What is missing in each block of that length, in orders of usual size. */
function blocksOf(books: Books, length: number): number[] {
  const whole = wholeOf(books.habit);
  const found: number[] = [];
  for (let to = whole.to; to - length >= whole.from + 1; to -= length) {
    const missing = missingIn(books, { from: to - length, to });
    if (missing !== null) found.push(missing / books.lot);
  }
  return found;
}

/** Place of the first value that is not below `least`, of ascending values. */
function firstAtLeast(values: readonly number[], least: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function keyOf({ dealer_id, sku_id }: Series): string {
  return `${dealer_id}|${sku_id}`;
}
