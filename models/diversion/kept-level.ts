import type { CountedShelf, CountedShelves } from './counted-shelf.ts';
import { groupBy } from './group-by.ts';
import { runningSums, sumIn, wholeOf, type OrderHabit, type Stretch } from './habit.ts';
import type { Expectation } from './order-expectation.ts';
import { stockedSince } from './stock-outs.ts';

/** What a dealer keeps of a product so many days before tell: at least, and at most. */
const BEFORE = { least: 7, most: 42 } as const;
/** Sales of a week, and of two, before and after orders say how the level may have grown. */
const PACES = [7, 14] as const;
/** How much faster something sells is believed as far as so many usual days with sales carry it: one large sale is no boom. */
const PRIOR_SALES = 3;

/** What was ordered and not shipped within so many days is not to come any more. */
const OPEN_DAYS = 7;

/** Running sums of what dealers below another ordered of a product, by `goodsKeyOf`; none for who has nobody below. */
export type Asked = ReadonlyMap<string, Float64Array>;

/** What dealers keep on their shelves. */
export interface KeptLevels {
  /**
   * Units that a dealer may order of a product in a stretch because of its shelf: what brings that, and what is to come, to the most that it kept in the
   * weeks before, as many times more as is sold faster around the stretch; and what it is seen to sell meanwhile. Null where no snapshot tells.
   */
  readonly needed: (one: Expectation, stretch: Stretch) => number | null;
  /** Units that it orders for the dealers below it, which have ordered them, or are about to, and which it has not passed on. */
  readonly for_others: (one: Expectation, stretch: Stretch) => number;
}

/**
 * What dealers keep on their shelves, and when they need more: a boom empties a shelf, and whoever fills it again orders for the boom, of all products
 * that sold. How much faster a product sells the dealer's other products say too.
 */
export function keptLevelsOf(
  expectations: readonly Expectation[],
  shelves: CountedShelves,
  asked: Asked,
): KeptLevels {
  const told = expectations.flatMap((one) => {
    const shelf = shelves.get(one.habit);
    return shelf === undefined ? [] : [{ one, flow: flowOf(one, shelf) }];
  });
  const flows = new Map(told.map(({ one, flow }) => [one, flow]));
  const of_dealers = new Map(
    [...groupBy(told, ({ one }) => one.habit.dealer_id)].map(([dealer_id, own]) => [
      dealer_id,
      own.map(({ flow }) => flow),
    ]),
  );
  return {
    needed: (one, stretch) => {
      const flow = flows.get(one);
      if (flow === undefined) return null;
      const before = { from: Math.max(flow.begins, stretch.from - BEFORE.most), to: stretch.from };
      if (before.to - before.from < BEFORE.least) return 0;
      const of_dealer = of_dealers.get(one.habit.dealer_id) ?? [];
      const most = Math.max(...flow.kept.subarray(before.from, before.to));
      const level = most * growthAround(one, flow, of_dealer, stretch);
      return Math.max(0, level - (flow.kept[before.to - 1] ?? 0)) + sumIn(one.sold, stretch);
    },
    for_others: (one, stretch) => waitedFor(one, asked.get(goodsKeyOf(one.habit)), stretch),
  };
}

/** The key of a dealer's goods of a product in `Asked`. */
export function goodsKeyOf({ dealer_id, sku_id }: Pick<OrderHabit, 'dealer_id' | 'sku_id'>): string {
  return `${dealer_id}|${sku_id}`;
}

/**
 * What dealers below ordered in the last days and was not passed on yet, and what they order in the next days beyond their usual, for their supplier may
 * know of that before they place it. As much of it as it usually supplies: they may buy elsewhere.
 */
function waitedFor(
  { habit, sold }: Expectation,
  of_below: Float64Array | undefined,
  { to }: Stretch,
): number {
  if (of_below === undefined) return 0;
  const retail = runningSums(habit.retail);
  const passedIn = (days: Stretch): number => sumIn(sold, days) - sumIn(retail, days);
  const whole = wholeOf(habit);
  const all = sumIn(of_below, whole);
  if (all <= 0) return 0;
  const open = { from: Math.max(habit.begins, to - OPEN_DAYS), to };
  const soon = { from: to, to: Math.min(whole.to, to + OPEN_DAYS) };
  const usual = (all / (whole.to - whole.from)) * (soon.to - soon.from);
  const supplied = Math.min(1, passedIn(whole) / all);
  return Math.max(
    0,
    supplied * (sumIn(of_below, open) + Math.max(0, sumIn(of_below, soon) - usual)) - passedIn(open),
  );
}

/** What comes to a shelf and leaves it. */
interface Flow {
  readonly begins: number;
  /** Units that it has, and that are to come, at the end of each day. */
  readonly kept: Float64Array;
  /** Running sums of what left the shelf, seen or not, and of what was seen sold. */
  readonly left: Float64Array;
  readonly sold: Float64Array;
  /** Running count of days with something to sell. */
  readonly stocked: Float64Array;
  /** What is sold on a usual day with sales: who sells by the case sells much on a few days. */
  readonly of_day: number;
}

function flowOf({ habit, ordered, sold, stocked }: Expectation, { gone }: CountedShelf): Flow {
  const first = gone.findIndex((units) => !Number.isNaN(units));
  const shipped = runningSums(habit.shipped);
  const since = (sums: Float64Array, day: number): number => sumIn(sums, { from: first + 1, to: day + 1 });
  const kept = gone.map((units, day) => {
    const lost = units - (gone[first] ?? 0);
    const open = { from: Math.max(0, day + 1 - OPEN_DAYS), to: day + 1 };
    const to_come = Math.max(0, sumIn(ordered, open) - sumIn(shipped, open));
    return (habit.stock[first] ?? 0) + since(shipped, day) - since(sold, day) - lost + to_come;
  });
  const left = sold.map(
    (units, day) => units + (day <= first ? 0 : (gone[day - 1] ?? 0) - (gone[first] ?? 0)),
  );
  const all = sumIn(sold, wholeOf(habit));
  const squares = habit.sold.subarray(habit.begins).reduce((sum, of_day) => sum + of_day ** 2, 0);
  return {
    ...{ begins: Math.max(habit.begins, first + 1), kept, left, sold, stocked },
    of_day: all > 0 ? squares / all : 1,
  };
}

/** How many times as much as usual is sold a day with something to sell, before a stretch or after it; at least 1. */
function growthAround(
  one: Expectation,
  flow: Flow,
  of_dealer: readonly Flow[],
  { from, to }: Stretch,
): number {
  return PACES.reduce((most, pace) => {
    const around = { from: stockedSince(one, from, pace), to: to + pace };
    const growthIn = (days: Stretch, of: (flow: Flow) => Float64Array): number => {
      const own = salesIn(flow, of(flow), days, around);
      let [seen, expected] = [PRIOR_SALES, PRIOR_SALES];
      for (const other of of_dealer) {
        const sales = salesIn(other, of(other), days, around);
        seen += sales.seen;
        expected += sales.expected;
      }
      return (own.seen + (PRIOR_SALES * seen) / expected) / (own.expected + PRIOR_SALES);
    };
    return Math.max(
      most,
      growthIn({ from: around.from, to: from }, ({ left }) => left),
      around.to < flow.sold.length ? growthIn({ from: to, to: around.to }, ({ sold }) => sold) : 1,
    );
  }, 1);
}

/** What is sold in some days, and was to be expected by those that lie not around them, in usual days' sales; 0 where too little is known. */
function salesIn(
  { begins, stocked, of_day }: Flow,
  sales: Float64Array,
  days: Stretch,
  around: Stretch,
): { readonly seen: number; readonly expected: number } {
  const whole = { from: begins, to: sales.length - 1 };
  const beside = { from: Math.max(begins, around.from), to: Math.min(whole.to, around.to) };
  const usual_days = sumIn(stocked, whole) - sumIn(stocked, beside);
  if (days.from < begins || usual_days < BEFORE.least) return { seen: 0, expected: 0 };
  const rate = (sumIn(sales, whole) - sumIn(sales, beside)) / usual_days;
  return { seen: sumIn(sales, days) / of_day, expected: (rate * sumIn(stocked, days)) / of_day };
}
