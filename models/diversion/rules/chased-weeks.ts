import { groupBy, medianOf, sum } from '../group-by.ts';
import { overlaps, sumIn, type HabitSignal, type Stretch } from '../habit.ts';
import type { KeptLevels } from '../kept-level.ts';
import type { Expectation } from '../order-expectation.ts';
import type { Peaks } from '../peaks.ts';
import { logOddsOfRarity, rarityOf } from '../rarity.ts';
import type { DealerTotal, RebatePeriod } from './order-surge.ts';
import { beyondLevel, isLastOf, shareOfLastDays } from './rebate-chases.ts';

const WEEK = 7;
/** What a dealer keeps, and its usual weeks, are told by so many days before the one that is looked at, and beside it. */
const DAYS_MIN = { before: 14, beside: 28 } as const;
/** Its busy week is that which so many of its others do not exceed. */
const BUSY_QUANTILE = 0.95;
/** Less than so many times a busy week is how orders fall. */
const TIMES_MIN = 1.5;
/** Least scale of the scores' tail, busy weeks. */
const SCALE_MIN = 0.2;
/** How much likelier it is that a chase carried the dealer over a step of its programme. */
const TIER_RATIO = 8;
/** A product tells along where this share of what nothing explains is its own; one product alone is bought too much by mistake. */
const TOLD_SHARE = 0.2;
const PRODUCTS_MIN = 2;
/** However rare, it is one week of one dealer, and a year has weeks that nothing here explains. */
const LOG_ODDS_MAX = 6;

/**
 * Weeks in which a dealer orders, of all products together, for far more money than in its busiest others, beyond what its shelves need, just as a period
 * of a rebate programme ends, and is carried over a step of it by that. `rebateChases` asks each product how many usual orders it is too much: who spreads
 * a chase over what it rarely orders, or over much that it orders in large lots, is told by its money alone. By how many of its own busy weeks the orders
 * go beyond its shelves is held against the same of all dealers in all other weeks. Nothing is told where no step is reached: that much may be bought by
 * mistake, and nobody gains by it.
 * @param rebates null where no programme is known
 */
export function chasedWeeks(
  expectations: readonly Expectation[],
  totals: ReadonlyMap<string, DealerTotal>,
  rebates: readonly RebatePeriod[] | null,
  peaks: Peaks,
  levels: KeptLevels,
): HabitSignal[] {
  if (rebates === null) return [];
  const isLast = isLastOf(rebates);
  // A week that begins among a period's last days shows what was ordered in them.
  const isNearEnd = ({ from, to }: Stretch): boolean =>
    Array.from({ length: WEEK }, (_, i) => from + i + 1).some(
      (day) => day <= to && isLast({ from, to: day }),
    );
  const of_dealers = [...groupBy(expectations, ({ habit }) => habit.dealer_id)].flatMap(
    ([dealer_id, own]) => {
      const total = totals.get(dealer_id);
      return total === undefined ? [] : [{ total, weeks: weeksOf(own, total, peaks, levels, isLast) }];
    },
  );
  const expectedAt = rarityOf(
    of_dealers.map(({ weeks }) =>
      Math.max(0, ...weeks.filter(({ week }) => !isNearEnd(week)).map(({ score }) => score)),
    ),
    SCALE_MIN,
  );
  const share = shareOfLastDays(expectations, isLast);
  return of_dealers.flatMap(({ total, weeks }) => {
    const [best] = weeks
      .filter((one) => isLast(one.week) && one.times >= TIMES_MIN && isTierReached(one, total, rebates))
      .sort((a, b) => b.score - a.score);
    if (best === undefined) return [];
    const log_odds = Math.min(
      LOG_ODDS_MAX,
      logOddsOfRarity(expectedAt(best.score) * share) + Math.log(TIER_RATIO),
    );
    if (log_odds <= 0) return [];
    const all = sum(best.members.map(({ value }) => value));
    const told = best.members.filter(({ value }) => value >= TOLD_SHARE * all);
    return told.length < PRODUCTS_MIN ? [] : told.map((member) => signalOf(member, best.week, log_odds));
  });
}

/** What a dealer ordered of a product in a week beyond what its shelf needs: units, and their money. */
interface Member {
  readonly one: Expectation;
  readonly units: number;
  readonly value: number;
  readonly ordered: number;
}

interface Week {
  readonly week: Stretch;
  /** All orders, and those beyond what shelves need, in busy weeks of the dealer. */
  readonly times: number;
  readonly score: number;
  /** Money beyond a usual week. */
  readonly surplus: number;
  /** Units beyond a usual week. */
  readonly surplus_units: number;
  readonly members: readonly Member[];
}

/** The weeks of a dealer that end with an order; none where its history is too short to know others. */
function weeksOf(
  own: readonly Expectation[],
  { value, units }: DealerTotal,
  peaks: Peaks,
  levels: KeptLevels,
  isLast: (week: Stretch) => boolean,
): Week[] {
  const begins = Math.min(...own.map(({ habit }) => habit.begins));
  const days = value.length - 1;
  const found: Week[] = [];
  if (days - begins < DAYS_MIN.beside + WEEK) return [];
  for (let to = begins + DAYS_MIN.before + WEEK; to <= days; to += 1) {
    const week = { from: to - WEEK, to };
    if (sumIn(value, { from: to - 1, to }) <= 0) continue;
    const others = Array.from({ length: days - begins - WEEK + 1 }, (_, i) => ({
      from: begins + i,
      to: begins + i + WEEK,
    })).filter((other) => !overlaps(other, week));
    const by_money = others.map((other) => sumIn(value, other)).toSorted((a, b) => a - b);
    const busy = by_money[Math.floor(by_money.length * BUSY_QUANTILE)] ?? 0;
    if (busy <= 0) continue;
    const members = own.flatMap((one): Member[] => {
      // What is new among its goods fills an empty shelf.
      if (week.from < one.habit.begins + DAYS_MIN.before) return [];
      const ordered = sumIn(one.ordered, week);
      const beyond = ordered <= 0 ? 0 : beyondLevel(one, week, peaks, levels, isLast);
      return beyond <= 0
        ? []
        : [{ one, units: beyond, value: (sumIn(one.value, week) * beyond) / ordered, ordered }];
    });
    found.push({
      week,
      members,
      times: sumIn(value, week) / busy,
      score: sum(members.map((member) => member.value)) / busy,
      surplus: sumIn(value, week) - medianOf(by_money),
      surplus_units: sumIn(units, week) - medianOf(others.map((other) => sumIn(units, other))),
    });
  }
  return found;
}

/** Whether what a dealer ordered beyond a usual week carried it over a step of a programme. */
function isTierReached(
  { week: { to }, surplus, surplus_units }: Week,
  { value, units }: DealerTotal,
  rebates: readonly RebatePeriod[],
): boolean {
  return rebates
    .filter((period) => period.from < to && to <= period.to)
    .some(({ from, basis, tiers_from }) => {
      const until = { from: Math.max(0, from), to };
      const [bought, more] =
        basis === 'qty' ? [sumIn(units, until), surplus_units] : [sumIn(value, until), surplus];
      return tiers_from.some((tier) => bought >= tier && bought - more < tier);
    });
}

function signalOf({ one, units, ordered }: Member, week: Stretch, log_odds: number): HabitSignal {
  return {
    kind: 'order_surge',
    origin_dealer_id: one.habit.dealer_id,
    sku_id: one.habit.sku_id,
    found_dealer_id: '',
    ...week,
    log_odds,
    units,
    expected: ordered - units,
    observed: ordered,
  };
}
