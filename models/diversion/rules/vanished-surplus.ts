import type { CountedShelf, CountedShelves } from '../counted-shelf.ts';
import { groupBy, medianOf, sum } from '../group-by.ts';
import { overlaps, sumIn, wholeOf, type HabitSignal, type OrderHabit, type Stretch } from '../habit.ts';
import type { KeptLevels } from '../kept-level.ts';
import type { Expectation } from '../order-expectation.ts';
import type { Peaks } from '../peaks.ts';
import { logOddsOfRarity } from '../rarity.ts';
import type { DealerTotal, RebatePeriod } from './order-surge.ts';

/** Goods are ordered, and lie on the shelf, so many days at most before they leave; days after that are still those of the deed. */
const AROUND = { before: 21, after: 7 } as const;
/** Days beside these, some of them before, and orders, that say what a dealer keeps of a product and what it orders at once: first a shelf is filled. */
const BESIDE = { days: 21, before: 14, orders: 3 } as const;
/** More than this lies on its shelf on a quarter of those days. */
const KEPT_QUANTILE = 0.75;
/** What leaves within so many days is one deed: that of a month, and of the end of the next. */
const DEED_DAYS = 35;
/** What leaves at once beyond so many times what is sold in the days between two snapshots, and beyond so many usual sales, was not sold. */
const SOLD_AT_ONCE = { days: 3, sales: 2 } as const;
/** What left at once nobody can tell of a shelf that is counted less often, days. */
const COUNTED_EVERY = 3;
/** A dealer that scans less than half of what leaves its shelf on other days sells unseen: what is gone says nothing of it. */
const UNSEEN_BESIDE = 1;
/** Less of a usual order than this is how shelves are counted. */
const LOTS_MIN = 0.2;
/** This share of a channel's dealers may lose so much to anything else: who lose more than most of them. */
const RESTLESS_SHARE = 0.1;
/** And what they lose is by e rarer for each so much more, usual orders. */
const SCALE = 0.15;
/** How much likelier it is that what vanished carried the dealer over a step of its programme, and that it did not. */
const RATIO = { tier_reached: 8, tier_missed: 0.7 } as const;
const LOG_ODDS_MAX = 12;

/** What is known besides of what dealers order. */
export interface KnownOfOrders {
  readonly totals: ReadonlyMap<string, DealerTotal>;
  /** Null where no programme is known. */
  readonly rebates: readonly RebatePeriod[] | null;
  readonly shelves: CountedShelves;
  readonly peaks: Peaks;
  readonly levels: KeptLevels;
}

/**
 * Orders beyond need whose goods were passed on: more than a dealer ever keeps of a product lies on its shelf, and it leaves at once, unseen. Orders alone tell a
 * surge of several times the usual; one of twice, of a whole range, or one that goes on for weeks, looks like many an honest month, until its goods are gone. A delivery that was lost never lay on the
 * shelf; what is sold without a scan leaves little by little, and from a usual shelf too. One lot that goes may have been sold to one large customer, so a dealer's
 * largest counts for nothing: several are asked, of one product or of more. A channel in which a tenth of the dealers lose lots that way raises its own bar.
 */
export function vanishedSurplus(
  expectations: readonly Expectation[],
  { totals, rebates, shelves, peaks, levels }: KnownOfOrders,
): HabitSignal[] {
  const of_dealers = [...groupBy(expectations, ({ habit }) => habit.dealer_id)].map(([dealer_id, own]) => ({
    total: totals.get(dealer_id),
    deed: most(
      own.flatMap((one) => {
        const shelf = shelves.get(one.habit);
        return shelf === undefined ? [] : lotsOf(one, shelf, peaks, levels);
      }),
    ),
  }));
  const scores = of_dealers.map(({ deed }) => deed.score).sort((a, b) => b - a);
  const restless = Math.ceil(RESTLESS_SHARE * scores.length);
  const bar = scores[restless] ?? 0;
  return of_dealers.flatMap(({ total, deed: { score, lots } }) => {
    if (score <= bar) return [];
    const by_chance = restless * Math.exp(-(score - bar) / SCALE);
    const of_tier = rebates === null ? 1 : RATIO[tierOf(lots, total, rebates)];
    const log_odds = Math.min(LOG_ODDS_MAX, logOddsOfRarity(by_chance) + Math.log(of_tier));
    if (log_odds <= 0) return [];
    return [...groupBy(lots, ({ one }) => one.habit.sku_id).values()].map((of_product) =>
      signalOf(of_product, log_odds),
    );
  });
}

/** Goods beyond what a dealer keeps that left its shelf at once on a day. */
interface Lot {
  readonly one: Expectation;
  readonly day: number;
  readonly units: number;
  /** The same in orders of usual size. */
  readonly size: number;
}

function lotsOf(one: Expectation, shelf: CountedShelf, peaks: Peaks, levels: KeptLevels): Lot[] {
  const { habit } = one;
  const order = usualOrderOf(habit);
  if (order === null) return [];
  const begins = Math.max(habit.begins, shelf.begins);
  const found: Lot[] = [];
  let last_count = begins;
  for (let day = begins + 1; day < habit.ordered.length; day += 1) {
    if (habit.counted[day] !== 1) continue;
    const between = { from: last_count, to: day };
    last_count = day;
    if (day < begins + BESIDE.before || day - between.from > COUNTED_EVERY) continue;
    const missing = lostOn(one, shelf, day);
    if (missing < LOTS_MIN * order) continue;
    const lost = missing - soldAtOnce(one, shelf, between);
    if (lost < LOTS_MIN * order) continue;
    const units = Math.min(lost, surplusOn(one, between.from, peaks, levels));
    if (units >= LOTS_MIN * order) found.push({ one, day, units, size: units / order });
  }
  return found;
}

/** Units of the middle order; null where there are too few. */
function usualOrderOf({ ordered }: OrderHabit): number | null {
  const orders = [...ordered.filter((units) => units > 0)];
  return orders.length < BESIDE.orders ? null : medianOf(orders);
}

/** Units that are sold at once: 24 of what is sold by cases of 24. */
function usualSaleOf({ sold }: OrderHabit): number {
  const units = sold.reduce((total, of_day) => total + of_day, 0);
  return units <= 0 ? 1 : Math.max(1, sold.reduce((total, of_day) => total + of_day ** 2, 0) / units);
}

/** Units that are missing since a day, and were not at any time in the weeks before it: what was counted wrong once comes back. */
function lostOn({ habit }: Expectation, { gone, begins }: CountedShelf, day: number): number {
  const before = gone.subarray(Math.max(begins, habit.begins, day - AROUND.before), day);
  return (gone[day] ?? NaN) - Math.max(...before);
}

/**
 * Units that may have been sold between two counts though nobody saw it: at the fastest pace that was seen in the weeks before, and as many times more as the dealer sells without a
 * scan on other days; any number where it scans few of its sales.
 */
function soldAtOnce(one: Expectation, shelf: CountedShelf, { from, to }: Stretch): number {
  const { habit, sold } = one;
  const whole = wholeOf(habit);
  const paces = [whole, ...[7, 14].map((days) => ({ from: Math.max(whole.from, to + 1 - days), to: to + 1 }))]
    .filter((days) => days.to > days.from)
    .map((days) => sumIn(sold, days) / (days.to - days.from));
  const unseen = unseenBeside(one, shelf, to);
  if (unseen > UNSEEN_BESIDE) return Infinity;
  const at_pace = SOLD_AT_ONCE.days * Math.max(...paces) * (to - from);
  return (1 + unseen) * Math.max(SOLD_AT_ONCE.sales * usualSaleOf(habit), at_pace);
}

/** What leaves unseen on other days than those around one, for each unit that is seen sold then. */
function unseenBeside({ habit, sold }: Expectation, { gone, begins }: CountedShelf, day: number): number {
  const whole = { from: begins, to: habit.ordered.length };
  const around = { from: Math.max(begins, day - AROUND.before), to: Math.min(whole.to, day + AROUND.after) };
  const leftIn = ({ from, to }: Stretch): number => (gone[to - 1] ?? NaN) - (gone[from] ?? NaN);
  const seen = sumIn(sold, whole) - sumIn(sold, around);
  return seen <= 0 ? Infinity : Math.max(0, leftIn(whole) - leftIn(around)) / seen;
}

/** Units that a shelf holds at the end of a day beyond what it does on other days, for a promotion, and for dealers below. */
function surplusOn(one: Expectation, day: number, peaks: Peaks, levels: KeptLevels): number {
  const { habit, sold } = one;
  const around = { from: Math.max(habit.begins, day + 1 - AROUND.before), to: day + 1 + AROUND.after };
  const beside = habit.stock
    .filter(
      (units, on) => on >= habit.begins && (on < around.from || on >= around.to) && !Number.isNaN(units),
    )
    .sort();
  if (beside.length < BESIDE.days) return 0;
  const kept = beside[Math.floor(beside.length * KEPT_QUANTILE)] ?? 0;
  const before = { from: around.from, to: day + 1 };
  const whole = wholeOf(habit);
  const rate = sumIn(sold, whole) / (whole.to - whole.from);
  return (
    (habit.stock[day] ?? NaN) - kept - promotedAfter(one, day, rate, peaks) - levels.for_others(one, before)
  );
}

/** Units that the rest of a promotion adds. */
function promotedAfter(one: Expectation, day: number, rate: number, peaks: Peaks): number {
  const today = { from: day, to: day + 1 };
  const running = peaks.windows(one).filter((window) => overlaps(window, today));
  if (running.length === 0) return 0;
  const rest = sum(running.map(({ to }) => to - day - 1)) / sum(running.map(({ from, to }) => to - from));
  return rest * (peaks.promoted(one, today, { rate }) ?? Infinity);
}

interface Deed {
  readonly score: number;
  readonly lots: readonly Lot[];
}

/** Of what left a dealer's shelves in some weeks that which is most without its largest lot. */
function most(lots: readonly Lot[]): Deed {
  return lots
    .map(({ day }): Deed => {
      const together = lots.filter((lot) => lot.day >= day && lot.day < day + DEED_DAYS);
      const sizes = together.map(({ size }) => size);
      return { score: sum(sizes) - Math.max(...sizes), lots: together };
    })
    .reduce((a, b) => (b.score > a.score ? b : a), { score: 0, lots: [] });
}

/** Whether what vanished carried the dealer over a step of a programme. */
function tierOf(
  lots: readonly Lot[],
  total: DealerTotal | undefined,
  rebates: readonly RebatePeriod[],
): keyof typeof RATIO {
  const is_reached = rebates.some(({ basis, tiers_from, ...period }) => {
    const of_period = lots.filter((lot) => overlaps(period, orderedIn(lot)));
    const whole = { from: Math.max(0, period.from), to: period.to };
    const [bought, surplus] =
      basis === 'qty'
        ? [sumIn(total?.units ?? new Float64Array(0), whole), sum(of_period.map(({ units }) => units))]
        : [sumIn(total?.value ?? new Float64Array(0), whole), sum(of_period.map(valueOf))];
    return tiers_from.some((tier) => bought >= tier && bought - surplus < tier);
  });
  return is_reached ? 'tier_reached' : 'tier_missed';
}

/** The days in which a lot was ordered. */
function orderedIn({ one: { habit }, day }: Lot): Stretch {
  const since = Math.max(habit.begins, day - AROUND.before);
  const first = habit.ordered.findIndex((units, on) => on >= since && units > 0);
  return { from: first === -1 ? since : Math.min(first, day), to: day + 1 };
}

/** What a lot cost. */
function valueOf({ one, units }: Lot): number {
  const whole = wholeOf(one.habit);
  return (units * sumIn(one.value, whole)) / Math.max(1, sumIn(one.ordered, whole));
}

function signalOf(lots: readonly Lot[], log_odds: number): HabitSignal {
  const [first] = lots;
  if (first === undefined) throw new Error('a product without a lot');
  const { dealer_id, sku_id } = first.one.habit;
  const stretch = { from: orderedIn(first).from, to: Math.max(...lots.map(({ day }) => day)) + 1 };
  const observed = sumIn(first.one.ordered, stretch);
  const units = Math.min(observed, sum(lots.map((lot) => lot.units)));
  return {
    ...{ kind: 'order_surge', origin_dealer_id: dealer_id, sku_id, found_dealer_id: '', ...stretch },
    ...{ log_odds, units, expected: observed - units, observed },
  };
}
