import { sumIn, type HabitSignal, type Stretch } from '../habit.ts';
import type { Leaks } from '../leakage.ts';
import { spreadOf, surpriseOf, usualIn, usualNear, type Expectation } from '../order-expectation.ts';
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
/** The buyer orders at most this share of what was expected, and is seen to sell at most this share. */
const FALL_MAX = 0.5;
/** What one has too much, the other has too little: at least this share of it. */
const MATCH_MIN = 0.5;
/** The buyer goes on selling so much of what it used to, with codes: the goods come from elsewhere. */
const SALES_GO_ON = { share: 0.7, log_odds: Math.log(4) } as const;
/** Who has nothing to sell sells nothing: of the days of a stretch, this share with goods on the shelf at least. */
const STOCKED_MIN = 0.8;
/** The seller's goods come, and are passed on, so many days after it ordered them. */
const PASSED_ON_DAYS = 7;
/** Least scale of the scores' tail in a channel of a few pairs, and the least score that says anything: e times in each half. */
const SCALE_MIN = 0.5;
const SCORE_MIN = 1.5;
const LOG_ODDS_MAX = 12;

/** How wide what is ordered, and what is sold, spreads in the channel (`spreadOf`). */
interface Spread {
  readonly orders: number;
  readonly sales: number;
}

/**
 * Purchases of one dealer fall as those of a neighbour rise by as much: the neighbour buys for both, and the goods cross
 * the border between their territories. What the buyer is seen to sell falls with them, where the codes are gone, though its shelf is
 * never empty; and what it lacks is missing from the seller's books. Both changes at the same time, and balanced; what counts is by how
 * many orders, held against all pairs of the channel. The case is the neighbour's, found at the dealer that stopped to buy.
 */
export function pairedBuyers(pairs: readonly Pair[], leaks: Leaks): HabitSignal[] {
  const spread = {
    orders: spreadOf([...new Set(pairs.flatMap(({ seller, buyer }) => [seller, buyer]))]),
    sales: spreadOf([...new Set(pairs.map(({ sales }) => sales))]),
  };
  const found = pairs.map((pair) => likeliest(pair, spread, leaks));
  const expectedAt = rarityOf(
    found.map(({ score }) => score),
    SCALE_MIN,
  );
  return found.flatMap(({ score, signal }) => {
    if (signal === null || score < SCORE_MIN) return [];
    const log_odds = Math.min(LOG_ODDS_MAX, logOddsOfRarity(expectedAt(score)));
    return log_odds > 0 ? [{ ...signal, log_odds }] : [];
  });
}

interface Found {
  readonly score: number;
  readonly signal: HabitSignal | null;
}
const NONE: Found = { score: 0, signal: null };

function likeliest(pair: Pair, spread: Spread, leaks: Leaks): Found {
  const { seller, buyer } = pair;
  const days = buyer.habit.ordered.length;
  const begins = Math.max(buyer.habit.begins, seller.habit.begins);
  let best = NONE;
  for (const length of LENGTHS) {
    for (let to = days; to - length >= begins; to -= STEP_DAYS) {
      const found = judge(pair, { from: to - length, to }, spread, leaks);
      if (found.score > best.score) best = found;
    }
  }
  return best;
}

function judge(pair: Pair, stretch: Stretch, spread: Spread, leaks: Leaks): Found {
  const { seller, buyer } = pair;
  const [of_buyer, of_seller] = [usualIn(buyer, stretch), usualIn(seller, stretch)];
  if (of_buyer === null || of_seller === null) return NONE;
  // A change that comes later, or came before, is not to look like one in this stretch.
  const expected = { ...of_buyer, units: Math.min(of_buyer.units, usualNear(buyer, stretch)) };
  const usual = { ...of_seller, units: Math.max(of_seller.units, usualNear(seller, stretch)) };
  const [bought, taken] = [sumIn(buyer.ordered, stretch), sumIn(seller.ordered, stretch)];
  if (bought > FALL_MAX * expected.units || taken <= usual.units) return NONE;
  const unsold = salesFall(pair, stretch, spread.sales);
  if (unsold === null) return NONE;
  const lacking = unsold.units ?? expected.units - bought;
  const until = Math.min(buyer.habit.ordered.length, stretch.to + PASSED_ON_DAYS);
  const missing = leaks.missing(seller.habit, { from: stretch.from, to: until });
  const surplus = missing ?? taken - usual.units;
  const match = Math.min(lacking, surplus) / Math.max(lacking, surplus);
  if (lacking <= 0 || surplus <= 0 || match < MATCH_MIN) return NONE;
  const fall = surpriseOf(expected, bought, spread.orders) + unsold.surprise;
  const rise =
    surpriseOf(usual, taken, spread.orders) +
    Math.max(0, leaks.ratio(seller.habit, { from: stretch.from, to: until }, lacking));
  return {
    // As strong as its weaker half, and as it balances: who surges by itself is paired with nobody.
    score: 2 * Math.min(fall, rise) * match,
    signal: {
      kind: 'paired_buyer',
      origin_dealer_id: seller.habit.dealer_id,
      sku_id: seller.habit.sku_id,
      found_dealer_id: buyer.habit.dealer_id,
      ...stretch,
      log_odds: 0,
      units: Math.min(lacking, surplus),
      expected: expected.units,
      observed: bought,
    },
  };
}

/**
 * What the buyer's sales say: how much fewer units were seen sold, null where nobody tells or they go on, and how surprising that
 * is. Null where they speak against a pair: they fall too little to be met by another, or the shelf was empty.
 */
function salesFall(
  { buyer, sales }: Pair,
  stretch: Stretch,
  spread: number,
): { readonly units: number | null; readonly surprise: number } | null {
  if ((sales.ordered.at(-1) ?? 0) <= 0) return { units: null, surprise: 0 };
  const expected = usualIn(sales, stretch);
  if (expected === null) return { units: null, surprise: 0 };
  const seen = sumIn(sales.ordered, stretch);
  if (seen >= SALES_GO_ON.share * expected.units) return { units: null, surprise: SALES_GO_ON.log_odds };
  const stock = buyer.habit.stock.subarray(stretch.from, stretch.to);
  const empty = stock.filter((units) => units <= 0).length;
  if (seen > FALL_MAX * expected.units || empty > (1 - STOCKED_MIN) * stock.length) return null;
  return { units: expected.units - seen, surprise: surpriseOf(expected, seen, spread) };
}
