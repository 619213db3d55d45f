import { leftIn, leftSteadily, type CountedShelf, type CountedShelves } from '../counted-shelf.ts';
import { groupBy, medianOf, sum } from '../group-by.ts';
import { overlaps, runningSums, sumIn, type HabitSignal, type OrderHabit, type Stretch } from '../habit.ts';
import { dispersionOf, logOddsOfRarity, poissonExponent, rarityOf } from '../rarity.ts';

/** Lengths of stretches that are looked at, days, and how far apart they end. */
const LENGTHS = [14, 21, 28] as const;
const STEP_DAYS = 2;
/** What is usual so many days, and units sold, before a stretch tell. */
const BEFORE = { days: 10, sold: 10 } as const;
/** What other dealers sell of the product is believed as far as so many units carry it; a dealer's care is that of most until so many say otherwise. */
const GROWTH_PRIOR_UNITS = 20;
const CARE_PRIOR = { seen: 16, left: 20 } as const;
const CARE_MAX = 0.95;
/** The seller goes on selling so much of what it used to; the buyer is seen to sell at most so much of it. */
const SELLER_SELLS_MIN = 0.5;
/** And orders no more than it used to: its orders fall later than its sales, as it fills its shelf for what it sells in truth. */
const BUYER_MAX = { sold: 0.75, ordered: 1 } as const;
/** The buyer's shelf has goods on this share of the days, and at most this share of what it lacks leaves it unseen. */
const STOCKED_MIN = 0.8;
const BUYER_LEAVES_MAX = 0.5;
/** What one has too much, the other has too little: at least this share of it, and its logarithm is off by as much. */
const MATCH = { min: 0.4, sigma: 0.35 } as const;
/** What the spread of a channel cannot show: no series is rarer than this. */
const SHARE_MIN = 0.001;
/** Least scale of the tails in a channel of a few series, ln. */
const SCALE_MIN = 1;
/** A further product of the same two dealers is one of so many that could have been looked at. */
const FURTHER_CHOICES = 8;
const LOG_ODDS_MAX = 12;

/** Two dealers that could pass goods on to one another: the ids of the one that sells, and of the one that buys. */
export interface Neighbours {
  readonly seller: string;
  readonly buyer: string;
}

/**
 * Pairs by shelves that are counted, in histories that are too short for orders to tell. Goods leave the seller's shelf little by little, unseen, though it goes
 * on scanning what it sells itself; meanwhile the buyer is seen to sell less, and does not order more, from a shelf that is neither empty nor emptied. How rare
 * each of the two is all series of the channel say; how many pairs of so much on both sides, and of about as many units, would be there by
 * chance is what counts. Several products of the same two dealers in the same days are one deed.
 * @param pairs of each buyer the neighbours that it is compared with
 */
export function countedPairs(
  habits: readonly OrderHabit[],
  pairs: readonly Neighbours[],
  shelves: CountedShelves,
): HabitSignal[] {
  const by_product = groupBy(habits, ({ sku_id }) => sku_id);
  const judged = [...by_product.values()].flatMap((of_product) => judgedOf(of_product, shelves));
  const rarityOfAll = (of: (days: Days) => number): ((score: number) => number) => {
    const expectedAt = rarityOf(
      judged.map(({ days }) => Math.max(0, ...days.map((one) => (one === null ? 0 : of(one))))),
      SCALE_MIN,
    );
    return (score) => Math.log(Math.min(1, Math.max(SHARE_MIN, expectedAt(score) / judged.length)));
  };
  const leakRarity = rarityOfAll(({ leak }) => leak);
  const fallRarity = rarityOfAll(({ fall }) => fall);
  const of_dealer = groupBy(judged, ({ habit }) => habit.dealer_id);
  const together = pairs.flatMap(({ seller, buyer }) => {
    const sold = new Map((of_dealer.get(seller) ?? []).map((one) => [one.habit.sku_id, one]));
    return [
      (of_dealer.get(buyer) ?? []).flatMap((one) => {
        const other = sold.get(one.habit.sku_id);
        return other === undefined ? [] : [{ seller: other, buyer: one }];
      }),
    ];
  });
  const looked_at = sum(together.map((both) => both.length));
  return together.flatMap((both) => {
    const found = both.flatMap(({ seller, buyer }) => surestDays(seller, buyer, leakRarity, fallRarity));
    return pooled(found, looked_at);
  });
}

/** What a shelf says of the days of a stretch, as a seller's and as a buyer's. */
interface Days {
  readonly stretch: Stretch;
  /** How improbable it is, ln, that so much left unseen, 0 where it is no seller's; units beyond what is usual. */
  readonly leak: number;
  readonly surplus: number;
  /** How improbable it is, ln, that so few were sold, 0 where it is no buyer's; units that it lacks. */
  readonly fall: number;
  readonly lacking: number;
  /** Units that it used to order, and that it ordered. */
  readonly ordered_usually: number;
  readonly ordered: number;
}

interface Judged {
  readonly habit: OrderHabit;
  /** In the same places the same stretch for all; null where nothing can be told. */
  readonly days: readonly (Days | null)[];
}

function judgedOf(of_product: readonly OrderHabit[], shelves: CountedShelves): Judged[] {
  const total = new Float64Array(of_product[0]?.sold.length ?? 0);
  for (const { sold } of of_product)
    for (let day = 0; day < total.length; day += 1) total[day] = (total[day] ?? 0) + (sold[day] ?? 0);
  const all_sold = runningSums(total);
  // Of the product: what is sold by the case comes in lumps everywhere, and a deed must not make its own dealer look restless.
  const dispersion = medianOf(
    of_product.map((habit) => dispersionOf(habit.sold.subarray(shelves.get(habit)?.begins ?? 0))),
  );
  return of_product.flatMap((habit) => {
    const shelf = shelves.get(habit);
    if (shelf === undefined) return [];
    const ordered = runningSums(habit.ordered);
    const days = LENGTHS.flatMap((length) =>
      Array.from({ length: Math.floor((total.length - length) / STEP_DAYS) + 1 }, (_, i) => {
        const to = total.length - i * STEP_DAYS;
        return daysOf({ shelf, ordered, all_sold, dispersion }, { from: to - length, to });
      }),
    );
    return [{ habit, days }];
  });
}

/** A dealer's shelf of a product, and what is known of the product besides. */
interface Known {
  readonly shelf: CountedShelf;
  /** Running sums of what the dealer ordered, and of what all dealers sold. */
  readonly ordered: Float64Array;
  readonly all_sold: Float64Array;
  readonly dispersion: number;
}

function daysOf({ shelf, ordered, all_sold, dispersion }: Known, stretch: Stretch): Days | null {
  const before = { from: shelf.begins, to: stretch.from };
  const sold = sumIn(shelf.sold, before);
  if (before.to - before.from < BEFORE.days || sold < BEFORE.sold) return null;
  const [left_before, left] = [leftSteadily(shelf, before), leftSteadily(shelf, stretch)];
  if (Number.isNaN(left_before + left)) return null;
  const times = (stretch.to - stretch.from) / (before.to - before.from);
  const seen = sumIn(shelf.sold, stretch);
  const care = Math.min(CARE_MAX, (sold + CARE_PRIOR.seen) / (sold + left_before + CARE_PRIOR.left));
  // What it does not scan of its own sales leaves unseen too.
  const unscanned = Math.max(0, sold * times - seen);
  const left_usually = Math.max(1, seen * (1 / care - 1)) + unscanned;
  const ofOthers = (days: Stretch): number => sumIn(all_sold, days) - sumIn(shelf.sold, days);
  const growth = (ofOthers(stretch) + GROWTH_PRIOR_UNITS) / (ofOthers(before) * times + GROWTH_PRIOR_UNITS);
  const sold_usually = sold * times * Math.min(1, growth);
  const order = { usually: sumIn(ordered, before) * times, now: sumIn(ordered, stretch) };
  const is_seller = seen >= SELLER_SELLS_MIN * sold * times;
  const is_buyer =
    seen <= BUYER_MAX.sold * sold_usually &&
    order.now <= BUYER_MAX.ordered * order.usually &&
    leftIn(shelf, stretch) <= BUYER_LEAVES_MAX * (sold_usually - seen) &&
    isStocked(shelf.habit, stretch);
  return {
    stretch,
    leak: is_seller && left > left_usually ? poissonExponent(left, left_usually) / dispersion : 0,
    surplus: left - left_usually,
    fall: is_buyer ? poissonExponent(seen, sold_usually) / dispersion : 0,
    lacking: (sold_usually - seen) / care,
    ordered_usually: order.usually,
    ordered: order.now,
  };
}

function isStocked({ stock }: OrderHabit, { from, to }: Stretch): boolean {
  return stock.subarray(from, to).filter((units) => units > 0).length >= STOCKED_MIN * (to - from);
}

/** What a product says of two dealers: ln of how often two would look so by chance, less than 0, and its signal. */
interface Told {
  readonly chance: number;
  readonly signal: HabitSignal;
}

/** The stretch in which a seller and a buyer are the rarest; none where they never match. */
function surestDays(
  seller: Judged,
  buyer: Judged,
  leakRarity: (leak: number) => number,
  fallRarity: (fall: number) => number,
): Told[] {
  let rarest: Told | null = null;
  for (const [i, bought] of buyer.days.entries()) {
    const sold = seller.days[i] ?? null;
    if (bought === null || sold === null || bought.fall <= 0 || sold.leak <= 0) continue;
    const match = Math.min(bought.lacking, sold.surplus) / Math.max(bought.lacking, sold.surplus);
    if (match < MATCH.min) continue;
    const mismatch = (Math.log(match) / MATCH.sigma) ** 2 / 2;
    const chance = leakRarity(sold.leak) + fallRarity(bought.fall) + mismatch;
    if (rarest !== null && chance >= rarest.chance) continue;
    const signal: HabitSignal = {
      kind: 'paired_buyer',
      origin_dealer_id: seller.habit.dealer_id,
      sku_id: buyer.habit.sku_id,
      found_dealer_id: buyer.habit.dealer_id,
      ...bought.stretch,
      log_odds: 0,
      units: bought.lacking,
      expected: bought.ordered_usually,
      observed: bought.ordered,
    };
    rarest = { chance, signal };
  }
  return rarest === null ? [] : [rarest];
}

/** Signals of two dealers' products, those that tell more than what choosing among them is worth counted together. */
function pooled(found: readonly Told[], looked_at: number): HabitSignal[] {
  const pools = found.map((anchor) => {
    const further = found.filter(
      (one) =>
        one !== anchor && overlaps(one.signal, anchor.signal) && one.chance + Math.log(FURTHER_CHOICES) < 0,
    );
    const chance = anchor.chance + sum(further.map((one) => one.chance + Math.log(FURTHER_CHOICES)));
    return { members: [anchor, ...further], chance };
  });
  const [rarest] = pools.sort((a, b) => a.chance - b.chance);
  if (rarest === undefined) return [];
  const log_odds = Math.min(LOG_ODDS_MAX, logOddsOfRarity(looked_at * Math.exp(rarest.chance)));
  return log_odds <= 0 ? [] : rarest.members.map(({ signal }) => ({ ...signal, log_odds }));
}
