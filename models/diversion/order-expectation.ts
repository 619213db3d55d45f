import { sum } from './group-by.ts';
import { runningSums, sumIn, wholeOf, type OrderHabit, type Stretch } from './habit.ts';
import { stockedDaysOf } from './stock-outs.ts';

/** An order habit with its running sums, among all others of its product. */
export interface Expectation {
  readonly habit: OrderHabit;
  readonly ordered: Float64Array;
  readonly value: Float64Array;
  readonly sold: Float64Array;
  /** Running count of days with an order. */
  readonly orders: Float64Array;
  /** Running sums of all dealers with the product, this one among them. */
  readonly product: Float64Array;
  /** Running count of days on which there was something to sell. */
  readonly stocked: Float64Array;
}

/** Days that must lie outside a stretch, and orders, so that something can be expected inside it. */
const BASE = { days: 28, orders: 2 } as const;
/** Days next to a stretch that it is compared with. */
const NEAR = { days_min: 14, days_max: 42 } as const;
/** The growth of all others is believed as far as so many usual orders carry it. */
const GROWTH_PRIOR_ORDERS = 6;

/** Every habit with what its product's other dealers say of it. */
export function expectationsOf(habits: readonly OrderHabit[]): Expectation[] {
  const products = new Map<string, Float64Array>();
  for (const { sku_id, ordered } of habits) {
    const total = products.get(sku_id) ?? new Float64Array(ordered.length);
    products.set(sku_id, total);
    for (let day = 0; day < ordered.length; day += 1) total[day] = (total[day] ?? 0) + (ordered[day] ?? 0);
  }
  const sums = new Map([...products].map(([sku_id, ordered]) => [sku_id, runningSums(ordered)]));
  return habits.map((habit) => ({
    habit,
    ordered: runningSums(habit.ordered),
    value: runningSums(habit.value),
    sold: runningSums(habit.sold),
    orders: runningSums(habit.ordered.map((units) => (units > 0 ? 1 : 0))),
    product: sums.get(habit.sku_id) ?? new Float64Array(0),
    stocked: stockedDaysOf(habit),
  }));
}

/** What is to be expected of a dealer and product in a stretch of days. */
export interface Usual {
  /** Units ordered. */
  readonly units: number;
  /** Units of one order. */
  readonly lot: number;
  /** Units a day outside the stretch. */
  readonly rate: number;
}

/**
 * What a dealer would have ordered in a stretch: what it orders outside of it, grown as the product's other dealers grew.
 * Null where too little is known.
 */
export function usualIn({ habit, ordered, orders, product }: Expectation, stretch: Stretch): Usual | null {
  const whole = wholeOf(habit);
  const outside_days = whole.to - whole.from - (stretch.to - stretch.from);
  if (stretch.from < habit.begins || outside_days < BASE.days) return null;
  const outside_orders = sumIn(orders, whole) - sumIn(orders, stretch);
  if (outside_orders < BASE.orders) return null;
  const inside = stretch.to - stretch.from;
  const [all, own] = [sumIn(product, whole), sumIn(ordered, whole)];
  const [all_in, own_in] = [sumIn(product, stretch), sumIn(ordered, stretch)];
  const lot = (own - own_in) / outside_orders;
  const rate = (own - own_in) / outside_days;
  const others_rate = (all - all_in - (own - own_in)) / outside_days;
  const prior = GROWTH_PRIOR_ORDERS * lot;
  const growth = (all_in - own_in + prior) / (others_rate * inside + prior);
  return { units: rate * inside * growth, lot, rate };
}

/**
 * How many times as much as usual the dealer sold a day around a stretch, of the days with something to sell; 1 where nobody tells what
 * it sells.
 */
export function sellingIn({ habit, sold, stocked }: Expectation, around: Stretch): number {
  const whole = wholeOf(habit);
  const days = sumIn(stocked, around);
  const outside = sumIn(sold, whole) - sumIn(sold, around);
  const outside_days = sumIn(stocked, whole) - days;
  if (outside <= 0 || outside_days <= 0) return 1;
  const rate = outside / outside_days;
  // A few usual days beside, so that one sale of what sells once a month is no boom.
  const prior = 3 * rate;
  return (sumIn(sold, around) + prior) / (days * rate + prior);
}

/**
 * How far `observed` lies beyond what one order more, or less, than expected explains, in orders: the exponent of Poisson's law of
 * whole orders. 0 where one order explains it.
 */
export function beyondOneOrder({ units, lot }: Pick<Usual, 'units' | 'lot'>, observed: number): number {
  const bound = observed > units ? units + lot : units - lot;
  const is_beyond = observed > units ? observed > bound : observed < bound;
  if (!is_beyond || bound <= 0) return 0;
  return ((observed > 0 ? observed * Math.log(observed / bound) : 0) - (observed - bound)) / lot;
}

/** Blocks whose orders are compared with those of the other days, and the share of them that may be what is looked for. */
const BLOCK_DAYS = 28;
const TRIMMED_SHARE = 0.03;

/**
 * Variance of what a dealer orders in some weeks, in units of its mean times a usual order: 1 for orders at random, less for
 * shelves that are filled up. Of the channel as a whole; 1 where it is too young.
 */
export function spreadOf(expectations: readonly Expectation[]): number {
  const errors: number[] = [];
  for (const one of expectations) {
    for (let to = one.habit.ordered.length; to - BLOCK_DAYS >= one.habit.begins; to -= BLOCK_DAYS) {
      const block = { from: to - BLOCK_DAYS, to };
      const usual = usualIn(one, block);
      if (usual === null || usual.units < usual.lot) continue;
      errors.push((sumIn(one.ordered, block) - usual.units) ** 2 / (usual.units * usual.lot));
    }
  }
  const kept = errors.sort((a, b) => a - b).slice(0, Math.ceil(errors.length * (1 - TRIMMED_SHARE)));
  if (kept.length < 20) return 1;
  return Math.max(0.1, sum(kept) / kept.length);
}

/**
 * The exponent of Poisson's law of whole orders, as wide as the spread says: how improbable so many units are, or so few. Where a stretch
 * begins and ends decides over one order, however regular they are: that adds the variance of half an order.
 */
export function surpriseOf(
  { units, lot }: Pick<Usual, 'units' | 'lot'>,
  observed: number,
  spread: number,
): number {
  if (units <= 0) return 0;
  const exponent = (observed > 0 ? observed * Math.log(observed / units) : 0) - (observed - units);
  return exponent / (lot * spread + lot ** 2 / (4 * units));
}

/**
 * What a dealer would have ordered in a stretch by the days next to it: those before, or, where they are too few, those after. Who orders
 * less since some day is not to look as if it had surged until then.
 */
export function usualNear({ habit, ordered }: Expectation, { from, to }: Stretch): number {
  const before = { from: Math.max(habit.begins, from - NEAR.days_max), to: from };
  const after = { from: to, to: Math.min(habit.ordered.length, to + NEAR.days_max) };
  const near = before.to - before.from < NEAR.days_min ? after : before;
  const days = near.to - near.from;
  return days === 0 ? 0 : (sumIn(ordered, near) / days) * (to - from);
}

/** What a dealer would have ordered in a stretch by the days before it; 0 where there are none. */
export function usualBefore({ habit, ordered }: Expectation, { from, to }: Stretch): number {
  const before = { from: Math.max(habit.begins, from - NEAR.days_max), to: from };
  return before.to <= before.from ? 0 : (sumIn(ordered, before) / (before.to - before.from)) * (to - from);
}
