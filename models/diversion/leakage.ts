import { groupBy, sum } from './group-by.ts';
import { runningSums, sumIn, wholeOf, type OrderHabit, type Stretch } from './habit.ts';

/** Books agree again within so many days, at least and at most. */
const SETTLE_DAYS = { least: 3, most: 5 } as const;
/** Of what was shipped, this share has come, and been scanned, in the time that books settle in. */
const COME_SHARE = 0.95;
/** What was ordered within so many days, and is not said to be shipped, may be counted already: some systems do so when goods are promised. */
const PROMISED_DAYS = 14;
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
  /** Running sums of the units that it was seen to sell, and of those that consumers bought. */
  readonly sold: Float64Array;
  readonly retail: Float64Array;
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
export function leaksOf(shelves: readonly Shelf[]): Leaks {
  const all = [...groupBy(shelves, ({ habit }) => habit.dealer_id).values()].flatMap(booksOf);
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

/**
 * Days within which a dealer's books agree again: goods travel, and are counted later. By how long the channel's codes take to be seen by whom they
 * were shipped to, and how far apart the snapshots of a shelf are.
 */
export function settleDaysOf(
  shipped: readonly { readonly delays: readonly number[] }[],
  habits: readonly Pick<OrderHabit, 'counted'>[],
): number {
  const delays = shipped.flatMap((one) => one.delays).sort((a, b) => a - b);
  const gaps = habits.flatMap(({ counted }) => gapsOf(counted)).sort((a, b) => a - b);
  const travel = delays[Math.floor(delays.length * COME_SHARE)] ?? 0;
  const gap = gaps[gaps.length >> 1] ?? 1;
  return Math.min(SETTLE_DAYS.most, Math.max(SETTLE_DAYS.least, travel + gap));
}

function gapsOf(counted: Uint8Array): number[] {
  const days = [...counted.keys()].filter((day) => counted[day] === 1);
  return days.slice(1).map((day, i) => day - (days[i] ?? 0));
}

/** What the books of each series say, settled within so many days (`settleDaysOf`). */
export function shelvesOf(habits: readonly OrderHabit[], settle_days: number): Shelf[] {
  return habits.map((habit) => shelfOf(habit, settle_days));
}

function shelfOf(habit: OrderHabit, settle_days: number): Shelf {
  const orders = habit.ordered.filter((units) => units > 0);
  const lot = orders.length === 0 ? 1 : sum([...orders]) / orders.length;
  return {
    habit,
    gone: goneOf(habit, settle_days),
    sold: runningSums(habit.sold),
    retail: runningSums(habit.retail),
    lot,
  };
}

/** The books of all products of one dealer. */
function booksOf(shelves: readonly Shelf[]): Books[] {
  const shares = shelves.flatMap(({ habit, gone, sold }) => {
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
    sum(shelves.map(({ habit }) => of(habit).reduce((a, b) => a + b, 0)));
  const received = total(({ shipped }) => shipped);
  const is_told = received > 0 && total(({ sold }) => sold) >= SCANNED_MIN * received;
  return shelves.map((shelf) => ({ ...shelf, unseen_share, is_told }));
}

/**
 * Units that left a shelf unseen since the first day. Only on days with a snapshot do the books tell: on others stock is what it was, though goods came
 * and went. What was shipped may be on its way, so the least that is said until the books have settled counts; of the newest shipments,
 * which nothing says to have come, nothing does. What was ordered may be counted before it is said to be shipped: that does not make goods come back, which
 * would seem to leave once it is.
 */
function goneOf(habit: OrderHabit, settle_days: number): Float64Array {
  const { shipped, sold, stock, counted } = habit;
  let booked = 0;
  let until_now = NaN;
  const told = stock.map((units, day) => {
    booked += (shipped[day] ?? 0) - (sold[day] ?? 0);
    if (counted[day] !== 1) return NaN;
    const gone = booked - units;
    const promised = promisedOn(habit, day);
    // Whether the first snapshot counts what is promised nothing before it says.
    if (Number.isNaN(until_now)) until_now = promised > 0 ? NaN : gone;
    else until_now = Math.max(gone, Math.min(until_now, gone + promised));
    return until_now;
  });
  const sent = runningSums(shipped);
  const newest = told.length - settle_days;
  let [last, before] = [NaN, NaN];
  return told.map((units, day) => {
    if (!Number.isNaN(units)) last = units;
    let least = last;
    for (let later = day + 1; later <= Math.min(day + settle_days, told.length - 1); later += 1) {
      const then = told[later] ?? NaN;
      if (!Number.isNaN(then)) least = Math.min(least, then);
    }
    const on_way = day < newest ? 0 : sumIn(sent, { from: newest, to: day + 1 });
    // What may be on its way never makes goods come back.
    before = Number.isNaN(before) ? least - on_way : Math.max(least - on_way, Math.min(least, before));
    return before;
  });
}

/** Units ordered in the last days that are not said to be shipped by the end of a day, at most. */
function promisedOn({ ordered, shipped }: OrderHabit, day: number): number {
  let [open, most] = [0, 0];
  for (let one = day; one > Math.max(-1, day - PROMISED_DAYS); one -= 1) {
    open += (ordered[one] ?? 0) - (shipped[one] ?? 0);
    most = Math.max(most, open);
  }
  return most;
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
