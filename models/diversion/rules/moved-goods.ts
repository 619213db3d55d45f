import { leftIn, type CountedShelf, type CountedShelves } from '../counted-shelf.ts';
import { groupBy, sum } from '../group-by.ts';
import type { HabitSignal, Stretch } from '../habit.ts';
import { logOddsOfRarity } from '../rarity.ts';
import type { Neighbours } from './counted-pairs.ts';

/** Goods of a product that a dealer sent another openly: by a shipping scan of its own, or under an approved transfer. */
export interface SentGoods {
  readonly from_dealer_id: string;
  readonly to_dealer_id: string;
  readonly sku_id: string;
}

/** Lengths of stretches that are looked at, days, and how far apart they end. */
const LENGTHS = [10, 14, 21, 28] as const;
const STEP_DAYS = 2;
/** What leaves a shelf unseen, usually, so many days before a stretch tell. */
const BEFORE_DAYS = 7;
/** Less than this share of an order tells nothing of a product. */
const TOLD_MIN = 0.25;
/**
 * By chance what two neighbours share falls by e for each so much of an order, at least; or as steeply as the tenth of the channel's buyers that share most
 * says. (Most share nothing, so that deeds would be half of any tail of the rest.)
 */
const SCALE_MIN = 0.4;
const TAIL_SHARE = 0.1;
const LOG_ODDS_MAX = 12;

/**
 * Goods that leave one shelf unseen while as many come to a neighbour's that were never shipped to it: by its snapshots and scans it sells what it did
 * not buy. Of each product the less of the two counts, in orders of usual size, of all products of the same days together; how many buyers of the channel
 * would share so much with a neighbour by chance is what counts. What was sent openly is no secret.
 * @param pairs of each buyer the neighbours that it is compared with
 */
export function movedGoods(
  pairs: readonly Neighbours[],
  shelves: CountedShelves,
  sent: readonly SentGoods[],
): HabitSignal[] {
  const flows = new Map([...shelves.values()].map((shelf) => [shelf, flowsOf(shelf)]));
  const of_dealer = groupBy([...flows.values()], ({ shelf }) => shelf.habit.dealer_id);
  const open = new Set(sent.map((one) => `${one.from_dealer_id}|${one.to_dealer_id}|${one.sku_id}`));
  const all = pairs.map(({ seller, buyer }): Found => {
    const sold = new Map((of_dealer.get(seller) ?? []).map((one) => [one.shelf.habit.sku_id, one]));
    const both = (of_dealer.get(buyer) ?? []).flatMap((one) => {
      const { sku_id } = one.shelf.habit;
      const other = sold.get(sku_id);
      return other === undefined || !one.is_fed || open.has(`${seller}|${buyer}|${sku_id}`)
        ? []
        : [{ seller: other, buyer: one }];
    });
    return { seller, buyer, ...surestMove(both) };
  });
  // Goods that came from one neighbour did not come from another.
  const of_buyers = mostOf(all, ({ buyer }) => buyer);
  const expectedAt = chanceOf(of_buyers.map(({ moved }) => moved));
  return mostOf(of_buyers, ({ seller }) => seller).flatMap(({ moved, signals }) => {
    const log_odds = Math.min(LOG_ODDS_MAX, logOddsOfRarity(expectedAt(moved)));
    return log_odds > 0 ? signals.map((signal) => ({ ...signal, log_odds })) : [];
  });
}

/** How many buyers would share so much with a neighbour by chance. */
function chanceOf(moved: readonly number[]): (orders: number) => number {
  const most_first = moved.toSorted((a, b) => b - a);
  const tenth = most_first[Math.floor(moved.length * TAIL_SHARE)] ?? 0;
  const scale = Math.max(SCALE_MIN, tenth / -Math.log(TAIL_SHARE));
  return (orders) => moved.length * Math.exp(-orders / scale);
}

/** What a shelf says of each stretch, in the same places the same for all: NaN where nobody tells. */
interface Flows {
  readonly shelf: CountedShelf;
  /** Units that left it unseen beyond what usually does. */
  readonly surplus: Float64Array;
  /** Units that came to it and were not shipped to it. */
  readonly came: Float64Array;
  /** Whether enough ever came. */
  readonly is_fed: boolean;
}

function flowsOf(shelf: CountedShelf): Flows {
  const stretches = stretchesOf(shelf.habit.ordered.length);
  const came = Float64Array.from(stretches, (stretch) => -leftIn(shelf, stretch));
  return {
    shelf,
    surplus: Float64Array.from(stretches, (stretch) => beyondUsual(shelf, stretch)),
    came,
    is_fed: came.some((units) => units >= TOLD_MIN * shelf.lot),
  };
}

function stretchesOf(days: number): Stretch[] {
  return LENGTHS.flatMap((length) =>
    Array.from({ length: Math.max(0, Math.floor((days - length) / STEP_DAYS) + 1) }, (_, i) => {
      const to = days - i * STEP_DAYS;
      return { from: to - length, to };
    }),
  );
}

function beyondUsual(shelf: CountedShelf, stretch: Stretch): number {
  const before = { from: shelf.begins, to: stretch.from };
  const days = before.to - before.from;
  if (days < BEFORE_DAYS) return NaN;
  const usual = Math.max(0, leftIn(shelf, before)) / days;
  return leftIn(shelf, stretch) - usual * (stretch.to - stretch.from);
}

interface Move {
  /** Orders of usual size that left one shelf and came to the other. */
  readonly moved: number;
  readonly signals: readonly HabitSignal[];
}
type Found = Neighbours & Move;

/** The days in which most left the seller's shelves and came to the buyer's. */
function surestMove(both: readonly { readonly seller: Flows; readonly buyer: Flows }[]): Move {
  let best: Move = { moved: 0, signals: [] };
  const [first] = both;
  if (first === undefined) return best;
  for (const [i, stretch] of stretchesOf(first.buyer.shelf.habit.ordered.length).entries()) {
    const told = both.flatMap(({ seller, buyer }) => {
      const came = buyer.came[i] ?? NaN;
      const units = Math.min(seller.surplus[i] ?? NaN, came);
      const orders = units / Math.max(seller.shelf.lot, buyer.shelf.lot);
      return orders >= TOLD_MIN ? [{ orders, units, came, seller: seller.shelf, buyer: buyer.shelf }] : [];
    });
    const moved = sum(told.map(({ orders }) => orders));
    if (moved > best.moved)
      best = {
        moved,
        signals: told.map(({ seller, buyer, units, came }) => ({
          kind: 'paired_buyer',
          origin_dealer_id: seller.habit.dealer_id,
          sku_id: buyer.habit.sku_id,
          found_dealer_id: buyer.habit.dealer_id,
          ...stretch,
          log_odds: 0,
          units,
          expected: 0,
          observed: came,
        })),
      };
  }
  return best;
}

function mostOf(found: readonly Found[], keyOf: (one: Found) => string): Found[] {
  return [...groupBy(found, keyOf).values()].map((group) =>
    group.reduce((one, other) => (other.moved > one.moved ? other : one)),
  );
}
