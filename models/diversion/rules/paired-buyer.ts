import { sumIn, type HabitSignal, type Stretch } from '../habit.ts';
import type { Leaks } from '../leakage.ts';
import {
  spreadOf,
  surpriseOf,
  usualBefore,
  usualIn,
  usualNear,
  type Expectation,
} from '../order-expectation.ts';
import { logOddsOfRarity, rarityOf } from '../rarity.ts';

/** Two dealers that could pass goods of one product to one another. */
export interface Pair {
  /** Whose purchases rise: it sells what was shipped to it. */
  readonly seller: Expectation;
  /** Whose purchases fall: it sells what it did not order. */
  readonly buyer: Expectation;
  /** What the buyer is seen to sell, in the place of orders. */
  readonly sales: Expectation;
}

const LENGTHS = [21, 28, 42, 56] as const;
const STEP_DAYS = 3;
/** A fall is one from what was before: so many days at least. */
const BEFORE_DAYS = 7;
/** The buyer orders at most this share of what was expected, and is seen to sell at most this share. */
const FALL_MAX = { orders: 0.75, sales: 0.5 } as const;
/** What one has too much, the other has too little: at least this share of it. */
const MATCH_MIN = 0.5;
/** Of a pair, the logarithm of one to the other is off by as much. */
const MATCH_SIGMA = 0.35;
/** The buyer goes on selling so much of what it used to, with codes: the goods come from elsewhere. */
const SALES_GO_ON = { share: 0.7, log_odds: Math.log(4) } as const;
/** Orders follow sales: where those are seen to fall, that orders fall too says so much of what it says by itself. */
const ORDERS_BESIDE_SALES = 1 / 3;
/** Who has nothing to sell sells nothing: of the days of a stretch, this share with goods on the shelf at least. */
const STOCKED_MIN = 0.8;
/** The seller's goods come, and are passed on, so many days after it ordered them. */
const PASSED_ON_DAYS = 7;
/** Least scale of the tail of falls in a channel of a few series. */
const SCALE_MIN = 0.5;
/**
 * A neighbour that buys more, and has less than it should, is as much evidence at most (ln): who surges by itself has many
 * neighbours, and of them one may sell less by chance.
 */
const RISE_MAX = 8;
/** And as much at least: a fall alone has no buyer for the goods. */
const RISE_MIN = Math.log(10);

/** How wide what is ordered, and what is sold, spreads in the channel (`spreadOf`). */
interface Spread {
  readonly orders: number;
  readonly sales: number;
}

/**
 * Purchases of one dealer fall as those of a neighbour rise by as much: the neighbour buys for both, and the goods cross
 * the border between their territories. What the buyer is seen to sell falls with them, where the codes are gone, though its shelf is
 * never empty; and what it lacks is missing from the seller's books. The buyer's fall is held against those of all series of the
 * channel; the neighbour's rise at the same time, and by as much, is evidence besides. The case is the neighbour's, found at the dealer
 * that stopped to buy.
 * @param pairs all sellers of each buyer and product
 */
export function pairedBuyers(pairs: readonly Pair[], leaks: Leaks): HabitSignal[] {
  const by_buyer = new Map<Expectation, Pair[]>();
  for (const pair of pairs) by_buyer.set(pair.buyer, [...(by_buyer.get(pair.buyer) ?? []), pair]);
  const spread = {
    orders: spreadOf([...new Set(pairs.flatMap(({ seller, buyer }) => [seller, buyer]))]),
    sales: spreadOf([...new Set(pairs.map(({ sales }) => sales))]),
  };
  const falls = new Map(
    [...by_buyer].map(([buyer, of_buyer]) => [
      buyer,
      fallsOf(buyer, of_buyer[0]?.sales ?? buyer, spread, leaks),
    ]),
  );
  const expectedAt = rarityOf(
    [...falls.values()].map((of_buyer) => Math.max(0, ...of_buyer.map(({ surprise }) => surprise))),
    SCALE_MIN,
  );
  return [...by_buyer].flatMap(([buyer, of_buyer]) =>
    of_buyer.flatMap(({ seller }) => {
      const found = (falls.get(buyer) ?? []).flatMap((fall) => {
        const rise = riseOf(seller, fall, spread.orders, leaks);
        if (rise === null) return [];
        const of_fall = logOddsOfRarity(expectedAt(fall.surprise));
        return [signalOf(seller, buyer, fall, of_fall + rise - Math.log(of_buyer.length))];
      });
      const [surest] = found.sort((a, b) => b.log_odds - a.log_odds);
      if (surest === undefined || surest.log_odds <= 0) return [];
      return [surest];
    }),
  );
}

/** A buyer's purchases, and what it is seen to sell, in a stretch in which both fall. */
interface Fall {
  readonly stretch: Stretch;
  /** How improbable it is, ln. */
  readonly surprise: number;
  /** Units that it lacks. */
  readonly lacking: number;
  /** Units that it used to order, and that it ordered. */
  readonly expected: number;
  readonly bought: number;
}

function fallsOf(buyer: Expectation, sales: Expectation, spread: Spread, leaks: Leaks): Fall[] {
  const days = buyer.habit.ordered.length;
  const falls: Fall[] = [];
  for (const length of LENGTHS) {
    for (let to = days; to - length >= buyer.habit.begins + BEFORE_DAYS; to -= STEP_DAYS) {
      const stretch = { from: to - length, to };
      const usual = usualIn(buyer, stretch);
      if (usual === null) continue;
      // A change that came before, or comes later, is not to look like a fall in this stretch.
      const expected = { ...usual, units: Math.min(usual.units, usualBefore(buyer, stretch)) };
      const bought = sumIn(buyer.ordered, stretch);
      if (bought > FALL_MAX.orders * expected.units) continue;
      const unsold = salesFall(buyer, sales, stretch, spread.sales, leaks, expected.units - bought);
      if (unsold === null) continue;
      const of_orders = surpriseOf(expected, bought, spread.orders);
      const surprise = unsold.surprise + of_orders * (unsold.units === null ? 1 : ORDERS_BESIDE_SALES);
      const lacking = unsold.units ?? expected.units - bought;
      falls.push({ stretch, surprise, lacking, expected: expected.units, bought });
    }
  }
  return falls;
}

/** What a neighbour's rise says, ln, RISE_MAX at most; null where it hardly rises, or not by what the buyer lacks. */
function riseOf(
  seller: Expectation,
  { stretch, lacking }: Fall,
  spread: number,
  leaks: Leaks,
): number | null {
  const of_seller = usualIn(seller, stretch);
  if (of_seller === null) return null;
  const usual = { ...of_seller, units: Math.max(of_seller.units, usualNear(seller, stretch)) };
  const taken = sumIn(seller.ordered, stretch);
  const passed_on = {
    from: stretch.from,
    to: Math.min(seller.habit.ordered.length, stretch.to + PASSED_ON_DAYS),
  };
  // Books tell to the unit what orders tell to the case.
  const surplus = leaks.missing(seller.habit, passed_on) ?? taken - usual.units;
  const match = Math.min(lacking, surplus) / Math.max(lacking, surplus);
  if (lacking <= 0 || surplus <= 0 || match < MATCH_MIN) return null;
  const of_orders = taken > usual.units ? surpriseOf(usual, taken, spread) : 0;
  const rise = of_orders + Math.max(0, leaks.ratio(seller.habit, passed_on, lacking));
  if (rise < RISE_MIN) return null;
  return Math.min(RISE_MAX, rise) - (Math.log(match) / MATCH_SIGMA) ** 2 / 2;
}

function signalOf(
  seller: Expectation,
  buyer: Expectation,
  { stretch, lacking, expected, bought }: Fall,
  log_odds: number,
): HabitSignal {
  return {
    kind: 'paired_buyer',
    origin_dealer_id: seller.habit.dealer_id,
    sku_id: seller.habit.sku_id,
    found_dealer_id: buyer.habit.dealer_id,
    ...stretch,
    log_odds,
    units: lacking,
    expected,
    observed: bought,
  };
}

/**
 * What the buyer's sales say: how much fewer units were seen sold, null where nobody tells or they go on, and how surprising that
 * is. Null where they speak against a pair: they fall too little to be met by another, or the shelf was empty, or is emptied.
 * @param unbought units that the buyer did not order and used to
 */
function salesFall(
  buyer: Expectation,
  sales: Expectation,
  stretch: Stretch,
  spread: number,
  leaks: Leaks,
  unbought: number,
): { readonly units: number | null; readonly surprise: number } | null {
  if ((sales.ordered.at(-1) ?? 0) <= 0) return { units: null, surprise: 0 };
  const usual = usualIn(sales, stretch);
  if (usual === null) return { units: null, surprise: 0 };
  const expected = { ...usual, units: Math.min(usual.units, usualBefore(sales, stretch)) };
  const seen = sumIn(sales.ordered, stretch);
  if (seen >= SALES_GO_ON.share * expected.units) {
    // It sells what it did not get, unless what lay on its shelf explains it.
    const missing = leaks.missing(buyer.habit, stretch);
    const is_supplied = missing === null || -missing >= MATCH_MIN * unbought;
    return is_supplied ? { units: null, surprise: SALES_GO_ON.log_odds } : null;
  }
  const stock = buyer.habit.stock.subarray(stretch.from, stretch.to);
  const empty = stock.filter((units) => units <= 0).length;
  if (seen > FALL_MAX.sales * expected.units || empty > (1 - STOCKED_MIN) * stock.length) return null;
  return { units: expected.units - seen, surprise: surpriseOf(expected, seen, spread) };
}
