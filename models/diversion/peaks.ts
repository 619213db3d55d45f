import { groupBy, sum } from './group-by.ts';
import { overlaps, sumIn, wholeOf, type OrderHabit, type Stretch } from './habit.ts';
import type { Expectation, Usual } from './order-expectation.ts';

/** Dealers stock up so many days before a promotion begins. */
const AHEAD_DAYS = 7;
/** Days without any promotion that must be known of a series, so that it says what one adds. */
const PLAIN_DAYS_MIN = 21;
/** So many orders, at usual pace, must have fallen into promotions before what they add is believed. */
const SEEN_ORDERS_MIN = 12;
/** What neighbours order together is believed as far as so many usual orders carry it. */
const SHARED_PRIOR_ORDERS = 3;
/** Of a dealer's neighbours with the product the nearest; so many at least, so that what they share is more than one dealer's doing. */
const NEIGHBOURS = { least: 3, most: 12 } as const;
/** Neighbours order for the same demand somewhat earlier or later, days. */
const SHARED_DAYS = 7;

/** Peaks of orders that are known ahead, or that neighbours have too. */
export interface Peaks {
  /**
   * Units that promotions add to what a dealer orders in a stretch; 0 where none runs, null where one does and nobody has seen yet
   * what promotions add.
   */
  readonly promoted: (one: Expectation, stretch: Stretch, usual: Pick<Usual, 'rate'>) => number | null;
  /** Days of a series on which it may be ordered for a promotion. */
  readonly windows: (one: Expectation) => readonly Stretch[];
  /** How many times as much as usual the neighbours ordered of the product around a stretch, at least 1. */
  readonly shared: (one: Expectation, stretch: Stretch) => number;
}

/**
 * What explains a peak of orders besides sales: promotions, by what they have added in this channel (of the product, or else of all), and
 * demand that neighbours share. The neighbour that rises most is left out: one dealer's deed excuses no other.
 * @param neighbours of each dealer the others with its products, nearest first
 */
export function peaksOf(
  expectations: readonly Expectation[],
  neighbours: ReadonlyMap<string, readonly string[]>,
): Peaks {
  const windows_of = new Map(expectations.map((one) => [one, windowsOf(one.habit)]));
  const windows = (one: Expectation): readonly Stretch[] => windows_of.get(one) ?? [];
  const seen = new Map(expectations.flatMap((one) => seenOf(one, windows(one))));
  const all = totalOf([...seen.values()]);
  const by_product = new Map(
    [...groupBy(seen, ([{ habit }]) => habit.sku_id)].map(([sku_id, own]) => [
      sku_id,
      totalOf(own.map(([, of_series]) => of_series)),
    ]),
  );
  const upliftFor = (one: Expectation): number | null =>
    upliftOf(by_product.get(one.habit.sku_id), seen.get(one)) ?? upliftOf(all, seen.get(one));
  const by_key = new Map(expectations.map((one) => [keyOf(one.habit.dealer_id, one.habit.sku_id), one]));
  const nearestOf = ({ dealer_id, sku_id }: OrderHabit): Expectation[] =>
    (neighbours.get(dealer_id) ?? [])
      .flatMap((id) => by_key.get(keyOf(id, sku_id)) ?? [])
      .slice(0, NEIGHBOURS.most);
  const near_of = new Map<Expectation, readonly Expectation[]>();
  return {
    windows,
    promoted: (one, stretch, { rate }) => {
      const running = windows(one).filter((window) => overlaps(window, stretch));
      if (running.length === 0) return 0;
      const uplift = upliftFor(one);
      // What a whole promotion needs may be ordered on one of its days.
      return uplift === null ? null : Math.max(0, uplift - 1) * rate * sum(running.map(daysOf));
    },
    shared: (one, { from, to }) => {
      const near = near_of.get(one) ?? nearestOf(one.habit);
      near_of.set(one, near);
      const around = {
        from: Math.max(one.habit.begins, from - SHARED_DAYS),
        to: Math.min(one.habit.ordered.length, to + SHARED_DAYS),
      };
      return sharedGrowth(near, around);
    },
  };
}

/** What a series ordered in promotions, and what it would have ordered in their days at its plain pace. */
interface Seen {
  readonly observed: number;
  readonly plain: number;
  /** The same in orders of usual size. */
  readonly orders: number;
}

function seenOf(one: Expectation, windows: readonly Stretch[]): [Expectation, Seen][] {
  if (windows.length === 0) return [];
  const whole = wholeOf(one.habit);
  const inside = windows
    .map(({ from, to }) => ({ from: Math.max(from, whole.from), to }))
    .filter(({ from, to }) => from < to);
  const days = sum(inside.map(daysOf));
  const plain_days = daysOf(whole) - days;
  const observed = sum(inside.map((stretch) => sumIn(one.ordered, stretch)));
  const outside = sumIn(one.ordered, whole) - observed;
  const orders = sumIn(one.orders, whole) - sum(inside.map((stretch) => sumIn(one.orders, stretch)));
  if (plain_days < PLAIN_DAYS_MIN || orders === 0) return [];
  return [[one, { observed, plain: (outside / plain_days) * days, orders: (orders / plain_days) * days }]];
}

function totalOf(seen: readonly Seen[]): Seen {
  return {
    observed: sum(seen.map(({ observed }) => observed)),
    plain: sum(seen.map(({ plain }) => plain)),
    orders: sum(seen.map(({ orders }) => orders)),
  };
}

/** How many times as much as usual others ordered in promotions; null where too little was seen. */
function upliftOf(total: Seen | undefined, own: Seen = { observed: 0, plain: 0, orders: 0 }): number | null {
  if (total === undefined || total.orders - own.orders < SEEN_ORDERS_MIN) return null;
  return (total.observed - own.observed) / (total.plain - own.plain);
}

function sharedGrowth(near: readonly Expectation[], around: Stretch): number {
  const known = near.flatMap((one) => {
    const whole = wholeOf(one.habit);
    const outside = daysOf(whole) - daysOf(around);
    const orders = sumIn(one.orders, whole) - sumIn(one.orders, around);
    if (around.from < whole.from || outside < PLAIN_DAYS_MIN || orders === 0) return [];
    const observed = sumIn(one.ordered, around);
    const before = sumIn(one.ordered, whole) - observed;
    return [{ observed, plain: (before / outside) * daysOf(around), lot: before / orders }];
  });
  if (known.length < NEIGHBOURS.least) return 1;
  const [, ...rest] = known.sort((a, b) => b.observed - b.plain - (a.observed - a.plain));
  const prior = SHARED_PRIOR_ORDERS * (sum(rest.map(({ lot }) => lot)) / rest.length);
  const growth =
    (sum(rest.map(({ observed }) => observed)) + prior) / (sum(rest.map(({ plain }) => plain)) + prior);
  return Math.max(1, growth);
}

/** Promotions with the days before them, overlapping ones as one. */
function windowsOf({ promoted, begins, ordered }: OrderHabit): Stretch[] {
  const windows: Stretch[] = [];
  const ahead = promoted
    .map(({ from, to }) => ({ from: Math.max(begins, from - AHEAD_DAYS), to: Math.min(to, ordered.length) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  for (const window of ahead) {
    const last = windows.at(-1);
    if (last === undefined || last.to < window.from) windows.push(window);
    else windows[windows.length - 1] = { from: last.from, to: Math.max(last.to, window.to) };
  }
  return windows;
}

function daysOf({ from, to }: Stretch): number {
  return to - from;
}

function keyOf(dealer_id: string, sku_id: string): string {
  return `${dealer_id}|${sku_id}`;
}
