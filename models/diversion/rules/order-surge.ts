import { sum } from '../group-by.ts';
import { sumIn, wholeOf, type HabitSignal, type Stretch } from '../habit.ts';
import type { KeptLevels } from '../kept-level.ts';
import type { Leaks } from '../leakage.ts';
import type { Peaks } from '../peaks.ts';
import { beyondOneOrder, sellingIn, usualIn, usualNear, type Expectation } from '../order-expectation.ts';
import { logOddsOfRarity, rarityOf } from '../rarity.ts';
import { stockedSince } from '../stock-outs.ts';

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
/** Least scale of the scores' tail, a third of that of orders at random, as shelves are filled regularly; and the least score that says anything, orders. */
const SCALE_MIN = 0.3;
const SCORE_MIN = 0.5;
/** A tier that was reached by the surge alone; programmes of which none was. */
const RATIO = { tier_reached: 8, tier_missed: 0.7 } as const;
const LOG_ODDS_MAX = 12;

/**
 * Dealers that order far more of a product than they used to and than others do now, without selling more: as one does who
 * chases a rebate tier and sells the rest elsewhere. What counts is by how many orders of usual size the best stretch goes
 * beyond what sales and season explain, held against all series of the channel; and whether the orders carried the dealer
 * over a step of a rebate programme; and whether the goods are missing from its shelves, though nobody saw them sold. What promotions add,
 * and what neighbours order more too, is expected, and what its shelf needs. As long as nobody has seen what promotions add, orders in one count only where the goods
 * are missing, and so do those for a shelf that needs them. One signal a dealer and product at most.
 * @param rebates null where no programme is known
 */
export function orderSurges(
  expectations: readonly Expectation[],
  totals: ReadonlyMap<string, DealerTotal>,
  rebates: readonly RebatePeriod[] | null,
  leaks: Leaks,
  peaks: Peaks,
  levels: KeptLevels,
): HabitSignal[] {
  const found = expectations.map((one) => steepest(one, peaks, levels));
  const expectedAt = rarityOf(
    found.map(({ plain }) => plain.score),
    SCALE_MIN,
  );
  const judged = (one: Expectation, { score, surge }: Steepest, is_excused: boolean): HabitSignal[] => {
    if (surge === null || score < SCORE_MIN) return [];
    const total = totals.get(one.habit.dealer_id) ?? { value: one.value, units: one.ordered };
    const of_tier = Math.log(tierRatio(one, surge, total, rebates));
    const passed_on = { from: surge.from, to: Math.min(one.habit.ordered.length, surge.to + PASSED_ON_DAYS) };
    const leak = leaks.ratio(one.habit, passed_on, surge.units);
    // What may not have come yet cannot be missing.
    const of_leak = surge.to + PASSED_ON_DAYS > one.habit.ordered.length ? Math.max(0, leak) : leak;
    if (is_excused && of_leak <= 0) return [];
    const log_odds = Math.min(LOG_ODDS_MAX, logOddsOfRarity(expectedAt(score)) + of_tier + of_leak);
    return log_odds > 0 ? [{ ...surge, log_odds }] : [];
  };
  return found.flatMap(({ one, plain, excused }) =>
    [...judged(one, plain, false), ...judged(one, excused, true)]
      .sort((a, b) => b.log_odds - a.log_odds)
      .slice(0, 1),
  );
}

/** The best stretch of a series. */
interface Steepest {
  /** Orders beyond what is explained; 0 = there is nothing. */
  readonly score: number;
  readonly surge: HabitSignal | null;
}

interface Found {
  readonly one: Expectation;
  readonly plain: Steepest;
  /** The best with all that was ordered in promotions of which nobody knows what they add, and for a shelf that needs it. */
  readonly excused: Steepest;
}

function steepest(one: Expectation, peaks: Peaks, levels: KeptLevels): Found {
  const { habit, ordered } = one;
  const days = habit.ordered.length;
  let plain: Steepest = { score: 0, surge: null };
  let excused = plain;
  for (const length of LENGTHS) {
    // The last days are looked at too: what was just ordered need not wait for the rest of its stretch.
    for (let from = habit.begins; from < days; from += 1) {
      // A stretch begins with an order: of two that hold the same orders only the later is looked at.
      if ((habit.ordered[from] ?? 0) <= 0) continue;
      const stretch = { from, to: Math.min(days, from + length) };
      const usual = usualIn(one, stretch);
      if (usual === null) continue;
      const around = {
        from: stockedSince(one, from, SALES_DAYS.before),
        to: Math.min(days, stretch.to + SALES_DAYS.after),
      };
      const selling = Math.max(1, sellingIn(one, around));
      const at_pace = Math.max(usual.units, usualNear(one, stretch));
      const by_habit = at_pace * selling;
      const observed = sumIn(ordered, stretch);
      if (observed < TIMES_MIN * by_habit) continue;
      const at_rate = usual.rate * (stretch.to - stretch.from);
      const added = peaks.promoted(one, stretch, usual);
      const by_others = at_rate * peaks.shared(one, stretch);
      if (observed < TIMES_MIN * Math.max(by_others, at_rate + (added ?? 0))) continue;
      const by_shelf = levels.needed(one, stretch) ?? 0;
      const by_pace = Math.max(by_habit, by_others, at_rate + (added ?? 0));
      const surgeOf = (units: number, counted: number): Steepest => ({
        score: counted < TIMES_MIN * units ? 0 : beyondOneOrder({ units, lot: usual.lot }, counted),
        surge: signalOf(habit, stretch, units, counted),
      });
      const known = surgeOf(
        Math.max(by_pace, by_shelf),
        added === null ? observed - beyondUsual(one, peaks, stretch, usual.rate) : observed,
      );
      if (known.score > plain.score) plain = known;
      if (added !== null && by_shelf <= by_pace) continue;
      const all = surgeOf(by_pace, observed);
      if (all.score > excused.score) excused = all;
    }
  }
  return { one, plain, excused };
}

/** What was ordered in promotions within a stretch beyond the usual pace. */
function beyondUsual(one: Expectation, peaks: Peaks, stretch: Stretch, rate: number): number {
  return sum(
    peaks.windows(one).map((window) => {
      const both = { from: Math.max(window.from, stretch.from), to: Math.min(window.to, stretch.to) };
      return both.from < both.to ? Math.max(0, sumIn(one.ordered, both) - rate * (both.to - both.from)) : 0;
    }),
  );
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
