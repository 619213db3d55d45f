import { leftIn, type CountedShelf, type CountedShelves } from '../counted-shelf.ts';
import { groupBy, sum } from '../group-by.ts';
import { overlaps, runningSums, sumIn, type HabitSignal, type OrderHabit, type Stretch } from '../habit.ts';
import { logOddsOfRarity, poissonExponent } from '../rarity.ts';

/** Lengths of stretches that are looked at, days, and how far apart they end. */
const LENGTHS = [14, 21, 28, 42] as const;
const STEP_DAYS = 2;
/** What is usual so many days, and units sold, before a stretch tell. */
const BEFORE = { days: 10, sold: 8 } as const;
/** What other dealers sell of the product is believed as far as so many sales carry it; a dealer's care is that of all its products until so many say otherwise. */
const PRIOR_SALES = 20;
/** A parcel is lost in every other stretch. */
const LOST = 0.5;
/** The seller goes on selling so much of what it used to; by its books at most so much of what it used to leaves the buyer's shelf. */
const SELLER_SELLS_MIN = 0.5;
/** And the buyer orders no more than it used to: its orders fall later than its sales, as it fills its shelf for what it sells in truth. */
const BUYER_MAX = { leaves: 0.75, ordered: 1 } as const;
/** The buyer's shelf has goods on this share of the days. */
const STOCKED_MIN = 0.8;
/** What one has too much, the other has too little: at least this share of it, and its logarithm is off by as much. */
const MATCH = { min: 0.3, sigma: 0.5 } as const;
/** What a channel's stretches, which overlap, cannot show: none is rarer than this. */
const SHARE_MIN = 0.0002;
/** A further product of the same two dealers is one of so many that could have been looked at; its buyer's fall is not the first one's chance again. */
const FURTHER = { leak: Math.log(8), fall: 3 } as const;

/** Goods of a product that a dealer sent another openly: by a shipping scan of its own, or under an approved transfer. */
export interface SentGoods {
  readonly from_dealer_id: string;
  readonly to_dealer_id: string;
  readonly sku_id: string;
}

/** Two dealers that could pass goods on to one another: the ids of the one that sells, and of the one that buys. */
export interface Neighbours {
  readonly seller: string;
  readonly buyer: string;
}

/**
 * Pairs by shelves that are counted. Goods leave the seller's shelf unseen, in several parcels, though it goes on scanning what it sells itself; meanwhile less
 * leaves the buyer's shelf by its books (shipments less what its stock grew) than it used to sell, from a shelf that is not empty, and it does not order more: what it
 * sells besides came from elsewhere, with or without codes. How rare each of the two is in any one stretch all series of the channel say; a leak is besides no
 * rarer than by Poisson's law of parcels, so that a quiet channel accuses nobody of a unit or two. How many pairs of so much on both sides, and of
 * about as many units, would be there by chance is what counts. Several products of the same two dealers in the same days are one deed. What was sent openly is
 * no secret.
 * @param pairs of each buyer the neighbours that it is compared with
 */
export function countedPairs(
  habits: readonly OrderHabit[],
  pairs: readonly Neighbours[],
  shelves: CountedShelves,
  sent: readonly SentGoods[],
): HabitSignal[] {
  const stretches = stretchesOf(habits[0]?.ordered.length ?? 0);
  const cares = caresOf(shelves);
  const judged = [...groupBy(habits, ({ sku_id }) => sku_id).values()].flatMap((of_product) =>
    judgedOf(of_product, shelves, cares, stretches),
  );
  const chances = {
    leak: chancesOf(judged, stretches, ({ leak }) => leak),
    fall: chancesOf(judged, stretches, ({ fall }) => fall),
  };
  const of_dealer = groupBy(judged, ({ habit }) => habit.dealer_id);
  const open = new Set(sent.map((one) => `${one.from_dealer_id}|${one.to_dealer_id}|${one.sku_id}`));
  const together = pairs.map(({ seller, buyer }) => {
    const sold = new Map((of_dealer.get(seller) ?? []).map((one) => [one.habit.sku_id, one]));
    return (of_dealer.get(buyer) ?? []).flatMap((one) => {
      const other = sold.get(one.habit.sku_id);
      const is_open = open.has(`${seller}|${buyer}|${one.habit.sku_id}`);
      return other === undefined || is_open ? [] : [{ seller: other, buyer: one }];
    });
  });
  const looked_at = sum(together.map((both) => both.length));
  return together.flatMap((both) => {
    const found = both.flatMap(({ seller, buyer }) => surestDays(seller, buyer, stretches, chances));
    return pooled(found, looked_at);
  });
}

/** What a shelf says of the days of a stretch, as a seller's and as a buyer's. */
interface Days {
  /** How improbable it is, ln, that so many parcels left unseen, 0 where it is no seller's; units beyond what is usual. */
  readonly leak: number;
  readonly surplus: number;
  /** How improbable it is, ln, that so little left by the books, 0 where it is no buyer's; units that it lacks. */
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

/** Running sums over all products of a dealer whose books tell: units that left unseen, and that it was seen to sell. */
interface Care {
  readonly left: Float64Array;
  readonly sold: Float64Array;
}

function caresOf(shelves: CountedShelves): Map<string, Care> {
  const of_dealer = groupBy(shelves.values(), ({ habit }) => habit.dealer_id);
  return new Map(
    [...of_dealer].map(([dealer_id, own]) => {
      const days = own[0]?.gone.length ?? 0;
      const [left, sold] = [new Float64Array(days), new Float64Array(days)];
      for (const { gone, begins, habit } of own)
        for (let day = begins; day < days; day += 1) {
          left[day] = (left[day] ?? 0) + (gone[day] ?? 0) - (gone[day - 1] ?? 0);
          sold[day] = (sold[day] ?? 0) + (habit.sold[day] ?? 0);
        }
      return [dealer_id, { left: runningSums(left), sold: runningSums(sold) }];
    }),
  );
}

function judgedOf(
  of_product: readonly OrderHabit[],
  shelves: CountedShelves,
  cares: ReadonlyMap<string, Care>,
  stretches: readonly Stretch[],
): Judged[] {
  const total = new Float64Array(of_product[0]?.sold.length ?? 0);
  for (const { sold } of of_product)
    for (let day = 0; day < total.length; day += 1) total[day] = (total[day] ?? 0) + (sold[day] ?? 0);
  const all_sold = runningSums(total);
  return of_product.flatMap((habit) => {
    const shelf = shelves.get(habit);
    const care = cares.get(habit.dealer_id);
    if (shelf === undefined || care === undefined) return [];
    const known = knownOf(shelf, care, all_sold);
    return [{ habit, days: stretches.map((stretch) => daysOf(known, stretch)) }];
  });
}

function stretchesOf(days: number): Stretch[] {
  return LENGTHS.flatMap((length) =>
    Array.from({ length: Math.max(0, Math.floor((days - length) / STEP_DAYS) + 1) }, (_, i) => {
      const to = days - i * STEP_DAYS;
      return { from: to - length, to };
    }),
  );
}

/** A dealer's shelf of a product in running sums, and what is known of the product besides. */
interface Known {
  readonly shelf: CountedShelf;
  readonly care: Care;
  readonly ordered: Float64Array;
  /** Days with goods on the shelf. */
  readonly stocked: Float64Array;
  /** Units that left unseen, and their squares. */
  readonly unseen: Float64Array;
  readonly unseen_squares: Float64Array;
  /** What all dealers sold. */
  readonly all_sold: Float64Array;
  /** Units of a sale: 24 of what is sold by cases of 24. */
  readonly sale: number;
}

function knownOf(shelf: CountedShelf, care: Care, all_sold: Float64Array): Known {
  const { habit, gone, begins } = shelf;
  const unseen = gone.map((units, day) => Math.max(0, units - (gone[day - 1] ?? NaN)) || 0);
  const sold = habit.sold.subarray(begins);
  return {
    shelf,
    care,
    ordered: runningSums(habit.ordered),
    stocked: runningSums(habit.stock.map((units) => (units > 0 ? 1 : 0))),
    unseen: runningSums(unseen),
    unseen_squares: runningSums(squaresOf(unseen)),
    all_sold,
    sale: parcelOf(sumOf(sold), sumOf(squaresOf(sold))),
  };
}

/** Units that go together in a day, of what goes in some days: such as hold the middle unit, at least one. */
function parcelOf(units: number, squares: number): number {
  return units <= 0 ? 1 : Math.max(1, squares / units);
}

function squaresOf(units: Float64Array): Float64Array {
  return units.map((one) => one ** 2);
}

function sumOf(units: Float64Array): number {
  return units.reduce((total, one) => total + one, 0);
}

function daysOf(known: Known, stretch: Stretch): Days | null {
  const { shelf, care, ordered, stocked, unseen, unseen_squares, all_sold, sale } = known;
  const before = { from: shelf.begins, to: stretch.from };
  const sold = sumIn(shelf.sold, before);
  const length = stretch.to - stretch.from;
  if (before.to - before.from < BEFORE.days || sold < BEFORE.sold) return null;
  const left = leftIn(shelf, stretch);
  const left_before = Math.max(0, leftIn(shelf, before));
  if (Number.isNaN(left + left_before)) return null;
  const times = length / (before.to - before.from);
  const seen = sumIn(shelf.sold, stretch);
  const prior = PRIOR_SALES * sale;
  const until = { from: 0, to: stretch.from };
  const careless = Math.max(0, sumIn(care.left, until)) / Math.max(1, sumIn(care.sold, until));
  const share = (left_before + careless * prior) / (sold + prior);
  const ofOthers = (days: Stretch): number => sumIn(all_sold, days) - sumIn(shelf.sold, days);
  const growth = (ofOthers(stretch) + prior) / (ofOthers(before) * times + prior);
  const usually = times * Math.min(1, growth);
  // What it does not scan of its own sales leaves unseen too.
  const left_usually = share * Math.max(seen, sold * usually) + Math.max(0, sold * usually - seen);
  const parcel = Math.max(sale, parcelOf(sumIn(unseen, stretch), sumIn(unseen_squares, stretch)));
  const may_leave = left_usually + LOST * parcel;
  const leaves_usually = (sold + left_before) * usually;
  const leaves = Math.max(0, seen + left);
  const order = { usually: sumIn(ordered, before) * times, now: sumIn(ordered, stretch) };
  const is_seller = seen >= SELLER_SELLS_MIN * sold * usually;
  const is_buyer =
    leaves <= BUYER_MAX.leaves * leaves_usually &&
    order.now <= BUYER_MAX.ordered * order.usually &&
    sumIn(stocked, stretch) >= STOCKED_MIN * length;
  return {
    leak: is_seller && left > may_leave ? poissonExponent(left / parcel, may_leave / parcel) : 0,
    surplus: left - left_usually,
    fall: is_buyer ? poissonExponent(leaves / sale, leaves_usually / sale) : 0,
    lacking: leaves_usually - leaves,
    ordered_usually: order.usually,
    ordered: order.now,
  };
}

/** Of each series, in the places of its stretches: ln of the share of such stretches of the channel's other series that say as much. */
type Chances = ReadonlyMap<Judged, Float64Array>;

function chancesOf(
  judged: readonly Judged[],
  stretches: readonly Stretch[],
  of: (days: Days) => number,
): Chances {
  const chances = new Map(judged.map((one) => [one, new Float64Array(stretches.length)]));
  const places = groupBy(stretches.keys(), (place) => `${daysIn(stretches[place])}`);
  for (const of_length of places.values()) {
    const scoresOf = ({ days }: Judged): number[] =>
      of_length.flatMap((place) => {
        const one = days[place] ?? null;
        return one === null ? [] : [of(one)];
      });
    const all = Float64Array.from(judged.flatMap(scoresOf)).sort();
    for (const [one, chance] of chances) {
      const own = Float64Array.from(scoresOf(one)).sort();
      for (const place of of_length) {
        const days = one.days[place] ?? null;
        if (days === null) continue;
        const more = atLeast(all, of(days)) - atLeast(own, of(days));
        chance[place] = Math.log(Math.max(SHARE_MIN, (more + 1) / (all.length - own.length + 1)));
      }
    }
  }
  return chances;
}

function daysIn(stretch: Stretch | undefined): number {
  return stretch === undefined ? 0 : stretch.to - stretch.from;
}

/** What a product says of two dealers, ln of chances, less than 0: of the seller's leak with how it matches, and of the buyer's fall; and its signal. */
interface Told {
  readonly leak: number;
  readonly fall: number;
  readonly signal: HabitSignal;
}

/** The stretch in which a seller and a buyer are the rarest; none where they never match. */
function surestDays(
  seller: Judged,
  buyer: Judged,
  stretches: readonly Stretch[],
  chances: { readonly leak: Chances; readonly fall: Chances },
): Told[] {
  const chance = { leak: chances.leak.get(seller), fall: chances.fall.get(buyer) };
  let rarest: Told | null = null;
  for (const [place, stretch] of stretches.entries()) {
    const bought = buyer.days[place] ?? null;
    const sold = seller.days[place] ?? null;
    if (bought === null || sold === null || bought.fall <= 0 || sold.leak <= 0) continue;
    const match = Math.min(bought.lacking, sold.surplus) / Math.max(bought.lacking, sold.surplus);
    if (match < MATCH.min) continue;
    const mismatch = (Math.log(match) / MATCH.sigma) ** 2 / 2;
    const leak = Math.max(-sold.leak, chance.leak?.[place] ?? 0) + mismatch;
    const fall = chance.fall?.[place] ?? 0;
    if (rarest !== null && leak + fall >= rarest.leak + rarest.fall) continue;
    const signal: HabitSignal = {
      kind: 'paired_buyer',
      origin_dealer_id: seller.habit.dealer_id,
      sku_id: buyer.habit.sku_id,
      found_dealer_id: buyer.habit.dealer_id,
      ...stretch,
      log_odds: 0,
      units: bought.lacking,
      expected: bought.ordered_usually,
      observed: bought.ordered,
    };
    rarest = { leak, fall, signal };
  }
  return rarest === null ? [] : [rarest];
}

/** Signals of two dealers' products, those whose leak tells more than what choosing among them is worth counted together. */
function pooled(found: readonly Told[], looked_at: number): HabitSignal[] {
  const pools = found.map((anchor) => {
    const further = found.filter(
      (one) => one !== anchor && overlaps(one.signal, anchor.signal) && one.leak + FURTHER.leak < 0,
    );
    const more = further.map(({ leak, fall }) => leak + FURTHER.leak + Math.min(0, fall + FURTHER.fall));
    return { members: [anchor, ...further], chance: anchor.leak + anchor.fall + sum(more) };
  });
  const [rarest] = pools.sort((a, b) => a.chance - b.chance);
  if (rarest === undefined) return [];
  const log_odds = logOddsOfRarity(looked_at * Math.exp(rarest.chance));
  return log_odds <= 0 ? [] : rarest.members.map(({ signal }) => ({ ...signal, log_odds }));
}

/** How many of some values, ascending, are not below `least`. */
function atLeast(values: Float64Array, least: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return values.length - low;
}
