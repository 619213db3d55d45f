import type { AlertKind } from '../contract/alert.ts';
import { countedShelvesOf, type CountedShelves } from './counted-shelf.ts';
import { groupBy } from './group-by.ts';
import { overlaps, runningSums, type HabitSignal, type OrderHabit, type Stretch } from './habit.ts';
import { goodsKeyOf, keptLevelsOf, type Asked } from './kept-level.ts';
import { leaksOf, settleDaysOf, shelvesOf, type Leaks } from './leakage.ts';
import { neighboursOf, type Placed } from './neighbours.ts';
import { expectationsOf, type Expectation } from './order-expectation.ts';
import { peaksOf } from './peaks.ts';
import { chasedWeeks } from './rules/chased-weeks.ts';
import { countedPairs, type SentGoods } from './rules/counted-pairs.ts';
import { missingScans, type ShippedDay } from './rules/missing-scans.ts';
import { orderSurges, type DealerTotal, type RebatePeriod } from './rules/order-surge.ts';
import { pairedBuyers, type Pair } from './rules/paired-buyer.ts';
import { rebateChases } from './rules/rebate-chases.ts';
import { unseenSales } from './rules/unseen-sales.ts';
import { vanishedSurplus } from './rules/vanished-surplus.ts';

/** A dealer as far as its habits are judged by it. */
export interface HabitDealer extends Placed {
  /** The dealer that it buys from; "" = the manufacturer, or not known. */
  readonly parent_dealer_id: string;
  /** Whether it may buy at the end of the days looked at. */
  readonly is_active: boolean;
  /** Days on which a new version of it began to hold: of its territory, its status, its supplier. */
  readonly changed_on: readonly number[];
}

/** All that the rules about dealers read; days are counted from the first that is looked at. */
export interface Habits {
  readonly shipped: readonly ShippedDay[];
  readonly orders: readonly OrderHabit[];
  readonly dealers: readonly HabitDealer[];
  /** Null where no rebate programme is known. */
  readonly rebates: readonly RebatePeriod[] | null;
  /** What dealers sent one another openly. */
  readonly sent: readonly SentGoods[];
}

/** A rule about dealers as a draft has it: what it says of all habits. Pure. */
export interface HabitRule {
  readonly kind: AlertKind;
  readonly judgeHabits: (habits: Habits) => readonly HabitSignal[];
}

/** Neighbours that a dealer is compared with, of those that hold the product: the nearest. */
const NEIGHBOURS_MAX = 24;
/** A new version of a dealer explains a change of purchases so many days around. */
const CHANGE_DAYS = 14;
/** No pair says more than this: what explains two dealers at once is not known to the last. */
const PAIR_LOG_ODDS_MAX = 12;
/** A surge, or silence, that a pair explains is not told a second time. */
const PAIR_LOG_ODDS_MIN = Math.log(99);

/**
 * What the rules about dealers say: scans that are missing, orders that surge, purchases that move to a neighbour. Pure; the result
 * does not depend on the order of what is given.
 */
export function judgeHabits({ shipped, orders, dealers, rebates, sent }: Habits): HabitSignal[] {
  const in_order = orders.toSorted(byDealerThenSku);
  const expectations = expectationsOf(in_order);
  const shelves = shelvesOf(in_order, settleDaysOf(shipped, in_order));
  const leaks = leaksOf(shelves);
  const counted = countedShelvesOf(shelves);
  const neighbours = neighboursOf(dealers);
  const pairs = pairsOf(expectations, dealers, neighbours, leaks, counted, sent);
  const peaks = peaksOf(expectations, neighbours);
  const levels = keptLevelsOf(expectations, counted, askedOf(in_order, dealers));
  const totals = totalsOf(expectations);
  const sure_pairs = pairs.filter(({ log_odds }) => log_odds >= PAIR_LOG_ODDS_MIN);
  const isOfPair = ({ origin_dealer_id, sku_id, ...stretch }: HabitSignal): boolean =>
    sure_pairs.some(
      (pair) =>
        pair.sku_id === sku_id &&
        (pair.origin_dealer_id === origin_dealer_id || pair.found_dealer_id === origin_dealer_id) &&
        overlaps(pair, stretch),
    );
  const unpaired = expectations.filter(({ habit: { dealer_id, sku_id } }) =>
    sure_pairs.every((pair) => pair.origin_dealer_id !== dealer_id || pair.sku_id !== sku_id),
  );
  const sent_openly = sentOpenly(sent, dealers);
  const surges = surestOf(
    [
      ...orderSurges(expectations, totals, rebates, leaks, peaks, levels),
      ...rebateChases(unpaired, totals, rebates, peaks, levels),
      ...chasedWeeks(unpaired, totals, rebates, peaks, levels),
      ...vanishedSurplus(
        unpaired.filter(({ habit }) => !sent_openly.has(goodsKeyOf(habit))),
        { totals, rebates, shelves: counted, peaks, levels },
      ),
    ],
    goodsOf,
  );
  const silent = surestOf(
    [...missingScans(shipped.toSorted(byDealerThenSku), leaks), ...unseenSales(in_order, counted)],
    goodsOf,
  );
  return [...[...silent, ...surges].filter((one) => !isOfPair(one)), ...pairs];
}

/** Of each seller and product, and of each buyer and product, the surest pair: one surplus and one want are one deed. */
function pairsOf(
  expectations: readonly Expectation[],
  dealers: readonly HabitDealer[],
  neighbours: ReadonlyMap<string, readonly string[]>,
  leaks: Leaks,
  shelves: CountedShelves,
  sent: readonly SentGoods[],
): HabitSignal[] {
  const sales = expectationsOf(expectations.map(({ habit }) => ({ ...habit, ordered: habit.sold })));
  const sales_of = new Map(expectations.map((one, i) => [one, sales[i] ?? one]));
  const by_id = new Map(dealers.map((dealer) => [dealer.dealer_id, dealer]));
  const pairs: Pair[] = [];
  for (const of_product of groupBy(expectations, ({ habit }) => habit.sku_id).values()) {
    const by_dealer = new Map(of_product.map((one) => [one.habit.dealer_id, one]));
    for (const buyer of of_product) {
      const { dealer_id } = buyer.habit;
      const near = neighbours.get(dealer_id) ?? [];
      // Who supplies another is meant to sell to it.
      const sellers = near
        .filter(
          (id) =>
            by_id.get(dealer_id)?.parent_dealer_id !== id && by_id.get(id)?.parent_dealer_id !== dealer_id,
        )
        .flatMap((id) => by_dealer.get(id) ?? [])
        .slice(0, NEIGHBOURS_MAX);
      if (by_id.get(dealer_id)?.is_active === true)
        pairs.push(...sellers.map((seller) => ({ seller, buyer, sales: sales_of.get(buyer) ?? buyer })));
    }
  }
  const both = pairs.map(({ seller, buyer }) => ({
    seller: seller.habit.dealer_id,
    buyer: buyer.habit.dealer_id,
  }));
  const compared = [...new Map(both.map((pair) => [`${pair.seller}|${pair.buyer}`, pair])).values()];
  const habits = expectations.map(({ habit }) => habit);
  const isSteady = (id: string, pair: Stretch): boolean => {
    const dealer = by_id.get(id);
    return dealer === undefined || !isChanged(dealer, pair);
  };
  const found = [
    ...pairedBuyers(pairs, leaks).filter((pair) => isSteady(pair.origin_dealer_id, pair)),
    // A seller that changed may buy more; its goods leave no less seen.
    ...countedPairs(habits, compared, shelves, sent),
  ].filter((pair) => isSteady(pair.found_dealer_id, pair));
  const surest = surestOf(
    surestOf(found, goodsOf),
    ({ found_dealer_id, sku_id }) => `${found_dealer_id}|${sku_id}`,
  );
  return withoutContrary(surest).map((pair) => ({
    ...pair,
    log_odds: Math.min(PAIR_LOG_ODDS_MAX, pair.log_odds),
  }));
}

/** Goods of two dealers go one way: before a deed, or after it, the other way round looks like a pair too. */
function withoutContrary(pairs: readonly HabitSignal[]): HabitSignal[] {
  const wayOf = ({ origin_dealer_id, found_dealer_id }: HabitSignal): string =>
    `${origin_dealer_id}|${found_dealer_id}`;
  const best = new Map(surestOf(pairs, wayOf).map((pair) => [wayOf(pair), pair.log_odds]));
  return pairs.filter((pair) => {
    const { origin_dealer_id, found_dealer_id } = pair;
    return (best.get(`${found_dealer_id}|${origin_dealer_id}`) ?? -Infinity) <= (best.get(wayOf(pair)) ?? 0);
  });
}

function askedOf(orders: readonly OrderHabit[], dealers: readonly HabitDealer[]): Asked {
  const suppliers = new Map(dealers.map(({ dealer_id, parent_dealer_id }) => [dealer_id, parent_dealer_id]));
  const from_below = orders.filter(({ dealer_id }) => (suppliers.get(dealer_id) ?? '') !== '');
  const of_goods = groupBy(from_below, ({ dealer_id, sku_id }) =>
    goodsKeyOf({ dealer_id: suppliers.get(dealer_id) ?? '', sku_id }),
  );
  return new Map(
    [...of_goods].map(([goods, below]) => [goods, runningSums(daysOf(below, ({ ordered }) => ordered))]),
  );
}

/** Goods, by `goodsKeyOf`, that dealers sent openly to others than those below them: some of it may have left without a scan, under an approved transfer. */
function sentOpenly(sent: readonly SentGoods[], dealers: readonly HabitDealer[]): Set<string> {
  const suppliers = new Map(dealers.map(({ dealer_id, parent_dealer_id }) => [dealer_id, parent_dealer_id]));
  return new Set(
    sent
      .filter(({ from_dealer_id, to_dealer_id }) => suppliers.get(to_dealer_id) !== from_dealer_id)
      .map(({ from_dealer_id, sku_id }) => goodsKeyOf({ dealer_id: from_dealer_id, sku_id })),
  );
}

function goodsOf({ origin_dealer_id, sku_id }: HabitSignal): string {
  return `${origin_dealer_id}|${sku_id}`;
}

function surestOf(signals: readonly HabitSignal[], keyOf: (signal: HabitSignal) => string): HabitSignal[] {
  return [...groupBy(signals, keyOf).values()].map((group) =>
    group.reduce((one, other) => (other.log_odds > one.log_odds ? other : one)),
  );
}

function isChanged({ changed_on }: HabitDealer, { from, to }: Stretch): boolean {
  return changed_on.some((day) => day > from - CHANGE_DAYS && day < to);
}

/** Running sums of what each dealer ordered of all products together. */
function totalsOf(expectations: readonly Expectation[]): Map<string, DealerTotal> {
  return new Map(
    [...groupBy(expectations, ({ habit }) => habit.dealer_id)].map(([dealer_id, own]) => {
      const habits = own.map(({ habit }) => habit);
      const total = (of: (habit: OrderHabit) => Float64Array): Float64Array =>
        runningSums(daysOf(habits, of));
      return [dealer_id, { value: total(({ value }) => value), units: total(({ ordered }) => ordered) }];
    }),
  );
}

/** Of some habits what each day has of all together. */
function daysOf(habits: readonly OrderHabit[], of: (habit: OrderHabit) => Float64Array): Float64Array {
  const days = new Float64Array(habits[0]?.ordered.length ?? 0);
  for (const habit of habits)
    for (let i = 0; i < days.length; i += 1) days[i] = (days[i] ?? 0) + (of(habit)[i] ?? 0);
  return days;
}

type Keyed = { readonly dealer_id: string; readonly sku_id: string; readonly day?: number };

function byDealerThenSku(a: Keyed, b: Keyed): number {
  if (a.dealer_id !== b.dealer_id) return a.dealer_id < b.dealer_id ? -1 : 1;
  if (a.sku_id !== b.sku_id) return a.sku_id < b.sku_id ? -1 : 1;
  return (a.day ?? 0) - (b.day ?? 0);
}
