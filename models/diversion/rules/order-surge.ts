import { sumIn, wholeOf, type HabitSignal, type Stretch } from '../habit.ts';
import type { Leaks } from '../leakage.ts';
import { beyondOneOrder, sellingIn, usualIn, usualNear, type Expectation } from '../order-expectation.ts';
import { logOddsOfRarity, rarityOf } from '../rarity.ts';

/** The tiers of one rebate programme in one of its periods, over what a dealer has bought in it. */
export interface RebatePeriod extends Stretch {
  readonly basis: 'net_sales' | 'qty';
  /** Ascending: net purchases, or units, from which each tier holds. */
  readonly tiers_from: readonly number[];
}

/** What a dealer orders of all products together, running sums. */
export interface DealerTotal {
  readonly value: Float64Array;
  readonly units: Float64Array;
}

/** Lengths of stretches that are looked at, days. */
const LENGTHS = [4, 7, 10, 14, 21] as const;
/** So many times what was expected, at least. */
const TIMES_MIN = 2;
/** Orders follow what was sold before, and what is sold soon after was ordered for; days around a stretch. */
const SALES_DAYS = { before: 10, after: 7 } as const;
/** Goods come within so many days after an order, and are passed on. */
const PASSED_ON_DAYS = 14;
/** Least scale of the scores' tail in a channel of a few series, and the least score that says anything, orders. */
const SCALE_MIN = 0.2;
const SCORE_MIN = 0.5;
/** A tier that was reached by the surge alone; programmes of which none was. */
const RATIO = { tier_reached: 8, tier_missed: 0.7 } as const;
const LOG_ODDS_MAX = 12;

/**
 * Dealers that order far more of a product than they used to and than others do now, without selling more: as one does who
 * chases a rebate tier and sells the rest elsewhere. What counts is by how many orders of usual size the best stretch goes
 * beyond what sales and season explain, held against all series of the channel; and whether the orders carried the dealer
 * over a step of a rebate programme; and whether the goods are missing from its shelves, though nobody saw them sold. One signal a dealer and product at most.
 * @param rebates null where no programme is known
 */
export function orderSurges(
  expectations: readonly Expectation[],
  totals: ReadonlyMap<string, DealerTotal>,
  rebates: readonly RebatePeriod[] | null,
  leaks: Leaks,
): HabitSignal[] {
  const found = expectations.map(steepest);
  const expectedAt = rarityOf(
    found.map(({ score }) => score),
    SCALE_MIN,
  );
  return found.flatMap(({ one, score, surge }) => {
    if (surge === null || score < SCORE_MIN) return [];
    const total = totals.get(one.habit.dealer_id) ?? { value: one.value, units: one.ordered };
    const of_tier = Math.log(tierRatio(one, surge, total, rebates));
    const passed_on = { from: surge.from, to: Math.min(one.habit.ordered.length, surge.to + PASSED_ON_DAYS) };
    const of_leak = leaks.ratio(one.habit, passed_on, surge.units);
    const log_odds = Math.min(LOG_ODDS_MAX, logOddsOfRarity(expectedAt(score)) + of_tier + of_leak);
    return log_odds > 0 ? [{ ...surge, log_odds }] : [];
  });
}

interface Found {
  readonly one: Expectation;
  /** Orders beyond what is explained; 0 = there is nothing. */
  readonly score: number;
  readonly surge: HabitSignal | null;
}

function steepest(one: Expectation): Found {
  const { habit, ordered } = one;
  const days = habit.ordered.length;
  let best: Found = { one, score: 0, surge: null };
  for (const length of LENGTHS) {
    // The last days are looked at too: what was just ordered need not wait for the rest of its stretch.
    for (let from = habit.begins; from < days; from += 1) {
      // A stretch begins with an order: of two that hold the same orders only the later is looked at.
      if ((habit.ordered[from] ?? 0) <= 0) continue;
      const stretch = { from, to: Math.min(days, from + length) };
      const usual = usualIn(one, stretch);
      if (usual === null) continue;
      const around = {
        from: Math.max(habit.begins, from - SALES_DAYS.before),
        to: Math.min(days, stretch.to + SALES_DAYS.after),
      };
      const units = Math.max(usual.units, usualNear(one, stretch)) * Math.max(1, sellingIn(one, around));
      const observed = sumIn(ordered, stretch);
      if (observed < TIMES_MIN * units) continue;
      const score = beyondOneOrder({ units, lot: usual.lot }, observed);
      if (score > best.score) best = { one, score, surge: signalOf(habit, stretch, units, observed) };
    }
  }
  return best;
}

function signalOf(
  { dealer_id, sku_id }: Expectation['habit'],
  stretch: Stretch,
  expected: number,
  observed: number,
): HabitSignal {
  return {
    kind: 'order_surge',
    origin_dealer_id: dealer_id,
    sku_id,
    found_dealer_id: '',
    ...stretch,
    log_odds: 0,
    units: observed - expected,
    expected,
    observed,
  };
}

/** How much likelier a chase is by what the surge did to the dealer's rebates. */
function tierRatio(
  { habit, value }: Expectation,
  surge: HabitSignal,
  total: DealerTotal,
  rebates: readonly RebatePeriod[] | null,
): number {
  if (rebates === null) return 1;
  const share = surge.units / surge.observed;
  const periods = rebates.filter(({ from, to }) => surge.from < to && from < surge.to);
  const is_reached = periods.some(({ basis, tiers_from, from, to }) => {
    const shared = { from: Math.max(from, surge.from), to: Math.min(to, surge.to) };
    const whole = { from: Math.max(0, from), to: Math.min(to, wholeOf(habit).to) };
    const [bought, surplus] =
      basis === 'qty'
        ? [sumIn(total.units, whole), (surge.units * (shared.to - shared.from)) / (surge.to - surge.from)]
        : [sumIn(total.value, whole), sumIn(value, shared) * share];
    return tiers_from.some((tier) => bought >= tier && bought - surplus < tier);
  });
  return is_reached ? RATIO.tier_reached : RATIO.tier_missed;
}
