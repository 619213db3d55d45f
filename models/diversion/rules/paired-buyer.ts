import { sumIn, type HabitSignal, type Stretch } from '../habit.ts';
import {
  sellingIn,
  spreadOf,
  surpriseOf,
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
}

const LENGTHS = [21, 28, 42, 56] as const;
const STEP_DAYS = 3;
/** The buyer orders at most this share of what was expected. */
const FALL_MAX = 0.5;
/** What one has too much, the other has too little: at least this share of it. */
const MATCH_MIN = 0.5;
/** The buyer goes on selling so much of what it used to: the goods come from elsewhere. */
const SALES_GO_ON = { share: 0.7, ratio: 4 } as const;
/** Least scale of the scores' tail in a channel of a few pairs, and the least score that says anything: e times in each half. */
const SCALE_MIN = 0.5;
const SCORE_MIN = 1.5;
const LOG_ODDS_MAX = 12;

/**
 * Purchases of one dealer fall as those of a neighbour rise by as much: the neighbour buys for both, and the goods cross
 * the border between their territories. Each change must be more than one order explains, both at the same time, and they
 * must balance; what counts is by how many orders, held against all pairs of the channel. The case is the neighbour's, found
 * at the dealer that stopped to buy.
 */
export function pairedBuyers(pairs: readonly Pair[]): HabitSignal[] {
  const spread = spreadOf([...new Set(pairs.flatMap(({ seller, buyer }) => [seller, buyer]))]);
  const found = pairs.map((pair) => ({ pair, ...likeliest(pair, spread) }));
  const expectedAt = rarityOf(
    found.map(({ score }) => score),
    SCALE_MIN,
  );
  return found.flatMap(({ pair, score, signal }) => {
    if (signal === null || score < SCORE_MIN) return [];
    const goes_on = sellingIn(pair.buyer, signal) >= SALES_GO_ON.share && hasSales(pair.buyer);
    const of_sales = Math.log(goes_on ? SALES_GO_ON.ratio : 1);
    const log_odds = Math.min(LOG_ODDS_MAX, logOddsOfRarity(expectedAt(score)) + of_sales);
    return log_odds > 0 ? [{ ...signal, log_odds }] : [];
  });
}

function likeliest({ seller, buyer }: Pair, spread: number): { score: number; signal: HabitSignal | null } {
  const days = buyer.habit.ordered.length;
  const begins = Math.max(buyer.habit.begins, seller.habit.begins);
  let best: { score: number; signal: HabitSignal | null } = { score: 0, signal: null };
  for (const length of LENGTHS) {
    for (let to = days; to - length >= begins; to -= STEP_DAYS) {
      const found = judge(seller, buyer, { from: to - length, to }, spread);
      if (found.score > best.score) best = found;
    }
  }
  return best;
}

function judge(
  seller: Expectation,
  buyer: Expectation,
  stretch: Stretch,
  spread: number,
): { score: number; signal: HabitSignal | null } {
  const none = { score: 0, signal: null };
  const [of_buyer, of_seller] = [usualIn(buyer, stretch), usualIn(seller, stretch)];
  if (of_buyer === null || of_seller === null) return none;
  // A change that comes later, or came before, is not to look like one in this stretch.
  const expected = { ...of_buyer, units: Math.min(of_buyer.units, usualNear(buyer, stretch)) };
  const usual = { ...of_seller, units: Math.max(of_seller.units, usualNear(seller, stretch)) };
  const [bought, taken] = [sumIn(buyer.ordered, stretch), sumIn(seller.ordered, stretch)];
  if (bought > FALL_MAX * expected.units || taken <= usual.units) return none;
  const [fall, rise] = [surpriseOf(expected, bought, spread), surpriseOf(usual, taken, spread)];
  const [lacking, surplus] = [expected.units - bought, taken - usual.units];
  const match = Math.min(lacking, surplus) / Math.max(lacking, surplus);
  if (match < MATCH_MIN) return none;
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

function hasSales({ sold }: Expectation): boolean {
  return (sold.at(-1) ?? 0) > 0;
}
