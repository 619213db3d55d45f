import { groupBy, sum } from '../group-by.ts';
import { overlaps, runningSums, sumIn, type HabitSignal, type Stretch } from '../habit.ts';
import type { Expectation } from '../order-expectation.ts';
import type { Peaks } from '../peaks.ts';
import type { KeptLevels } from '../kept-level.ts';
import { logOddsOfRarity, rarityOf } from '../rarity.ts';
import type { DealerTotal, RebatePeriod } from './order-surge.ts';

/** Orders of so many days are looked at together. */
const ORDERING_DAYS = 4;
/** What a dealer keeps of a product the days before tell: so many at least, and at most. */
const BEFORE = { least: 14, most: 42, orders: 2 } as const;
/** Neighbours' peaks are those of so many days. */
const PEAK_DAYS = 7;
/** What counts for a period must have been shipped before it ends: orders of its last days. */
const LAST_DAYS = 7;
/** Less than this beyond a usual level, in orders of usual size, is how orders fall. */
const LOTS_MIN = 0.5;
/** A product of which no whole order is beyond is not told along. */
const TOLD_LOTS_MIN = 1;
/** One product alone is bought too much by mistake. */
const PRODUCTS_MIN = 2;
/** Least scale of the scores' tail, orders: each tells once. */
const SCALE_MIN = 1;
/** How much likelier a chase is where its orders carried the dealer over a step of its programme; where they did not; where it had passed the last one before. */
const RATIO = { tier_reached: 8, tier_missed: 0.7, all_passed: 0.1 } as const;
const LOG_ODDS_MAX = 12;

/**
 * Chases of a rebate: in the last days of a period a dealer orders several products beyond what it ever keeps of them, on its shelf and on its way, for what
 * it sells. Level and sales explain what fills a shelf again, also after a boom; promotions and neighbours are expected as for single surges. By how many orders of usual
 * size the products go beyond their levels together is held against the same of all dealers on all other days. Tells nothing where shelves are not
 * counted, or no programme is known.
 * @param rebates null where no programme is known
 */
export function rebateChases(
  expectations: readonly Expectation[],
  totals: ReadonlyMap<string, DealerTotal>,
  rebates: readonly RebatePeriod[] | null,
  peaks: Peaks,
  levels: KeptLevels,
): HabitSignal[] {
  if (rebates === null) return [];
  const isLast = isLastOf(rebates);
  const of_dealers = [...groupBy(expectations, ({ habit }) => habit.dealer_id)].map(([dealer_id, own]) => ({
    dealer_id,
    excesses: own.flatMap((one) => excessesOf(one, peaks, levels, isLast)),
  }));
  const expectedAt = rarityOf(
    of_dealers.map(({ excesses }) => most(excesses.filter(({ stretch }) => !isLast(stretch))).score),
    SCALE_MIN,
  );
  const share = shareOfLastDays(expectations, isLast);
  return of_dealers.flatMap(({ dealer_id, excesses }) => {
    const { score, members } = most(excesses.filter(({ stretch }) => isLast(stretch)));
    if (score <= 0) return [];
    const of_tier = Math.log(RATIO[tierOf(members, totals.get(dealer_id), rebates)]);
    const log_odds = Math.min(LOG_ODDS_MAX, logOddsOfRarity(expectedAt(score) * share) + of_tier);
    return log_odds <= 0
      ? []
      : members.filter(({ lots }) => lots >= TOLD_LOTS_MIN).map((one) => signalOf(one, log_odds));
  });
}

/** Orders of a few days that go beyond what a dealer keeps of a product. */
interface Excess {
  readonly one: Expectation;
  readonly stretch: Stretch;
  /** Units beyond its level, in orders of usual size too, and all that were ordered. */
  readonly units: number;
  readonly lots: number;
  readonly ordered: number;
}

function excessesOf(
  one: Expectation,
  peaks: Peaks,
  levels: KeptLevels,
  isLast: (stretch: Stretch) => boolean,
): Excess[] {
  const { habit, ordered, orders } = one;
  const found: Excess[] = [];
  for (let day = habit.begins + BEFORE.least; day < habit.ordered.length; day += 1) {
    if ((habit.ordered[day] ?? 0) <= 0) continue;
    const stretch = { from: Math.max(habit.begins, day + 1 - ORDERING_DAYS), to: day + 1 };
    const count = sumIn(orders, { from: habit.begins, to: stretch.from });
    if (count < BEFORE.orders) continue;
    const beyond = beyondLevel(one, stretch, peaks, levels, isLast);
    const lots = (beyond * count) / sumIn(ordered, { from: habit.begins, to: stretch.from });
    if (lots > LOTS_MIN) found.push({ one, stretch, units: beyond, lots, ordered: sumIn(ordered, stretch) });
  }
  return found;
}

/**
 * Units of a stretch's orders beyond what brings a shelf to the most that the dealer keeps, what a promotion adds, and what neighbours order more too; in a period's
 * last days beyond what a supplier orders for dealers that chase, too, which on other days is among what is usual. May be negative.
 */
export function beyondLevel(
  one: Expectation,
  stretch: Stretch,
  peaks: Peaks,
  levels: KeptLevels,
  isLast: (stretch: Stretch) => boolean,
): number {
  const { habit, ordered, sold } = one;
  const for_others = isLast(stretch) ? levels.for_others(one, stretch) : 0;
  const units = sumIn(ordered, stretch) - (levels.needed(one, stretch) ?? Infinity) - for_others;
  if (units <= 0) return units;
  const before = { from: Math.max(habit.begins, stretch.from - BEFORE.most), to: stretch.from };
  const rate = before.to > before.from ? sumIn(sold, before) / (before.to - before.from) : 0;
  const promoted = peaks.promoted(one, stretch, { rate });
  return units - (promoted ?? Infinity) - (peaks.shared(one, stretch) - 1) * rate * PEAK_DAYS;
}

/** Whether a stretch ends in the last days of a period of a programme. */
export function isLastOf(rebates: readonly RebatePeriod[]): (stretch: Stretch) => boolean {
  return ({ to }) => rebates.some((period) => to > period.to - LAST_DAYS && to <= period.to);
}

/** Share of such last days of all on which stretches end: the days that are looked at are some of all that the others are. */
export function shareOfLastDays(
  expectations: readonly Expectation[],
  isLast: (stretch: Stretch) => boolean,
): number {
  const days = expectations[0]?.habit.ordered.length ?? 0;
  const since = Math.min(...expectations.map(({ habit }) => habit.begins)) + BEFORE.least;
  const last_days = Array.from({ length: Math.max(1, days - since) }, (_, i) => since + i + 1);
  return Math.max(1, last_days.filter((to) => isLast({ from: to - 1, to })).length) / last_days.length;
}

/** Of a dealer's excesses those of several products in the same days that are most together. */
function most(excesses: readonly Excess[]): { readonly score: number; readonly members: readonly Excess[] } {
  return excesses
    .map((anchor) => {
      const near = excesses.filter(({ stretch }) => overlaps(stretch, anchor.stretch));
      const members = [...groupBy(near, ({ one }) => one.habit.sku_id).values()].map((of_product) =>
        of_product.reduce((a, b) => (b.lots > a.lots ? b : a)),
      );
      const score = members.length < PRODUCTS_MIN ? 0 : sum(members.map(({ lots }) => lots - LOTS_MIN));
      return { members, score };
    })
    .reduce<{
      readonly score: number;
      readonly members: readonly Excess[];
    }>((a, b) => (b.score > a.score ? b : a), { score: 0, members: [] });
}

/** What the orders beyond the levels did for the dealer's rebates. */
function tierOf(
  members: readonly Excess[],
  total: DealerTotal | undefined,
  rebates: readonly RebatePeriod[],
): keyof typeof RATIO {
  const to = Math.max(...members.map(({ stretch }) => stretch.to));
  const value = sum(
    members.map(
      ({ one, stretch, units, ordered }) => (sumIn(runningSums(one.habit.value), stretch) * units) / ordered,
    ),
  );
  const units = sum(members.map((one) => one.units));
  const sides = rebates
    .filter((period) => period.from < to && to <= period.to)
    .map(({ from, basis, tiers_from }) => {
      const until = { from: Math.max(0, from), to };
      const bought = total === undefined ? 0 : sumIn(basis === 'qty' ? total.units : total.value, until);
      return { bought, before: bought - (basis === 'qty' ? units : value), tiers_from };
    });
  const isReached = ({ bought, before, tiers_from }: (typeof sides)[number]): boolean =>
    tiers_from.some((tier) => bought >= tier && before < tier);
  const isPassed = ({ before, tiers_from }: (typeof sides)[number]): boolean =>
    tiers_from.every((tier) => before >= tier);
  if (sides.some(isReached)) return 'tier_reached';
  return sides.length > 0 && sides.every(isPassed) ? 'all_passed' : 'tier_missed';
}

function signalOf({ one, stretch, units, ordered }: Excess, log_odds: number): HabitSignal {
  return {
    kind: 'order_surge',
    origin_dealer_id: one.habit.dealer_id,
    sku_id: one.habit.sku_id,
    found_dealer_id: '',
    ...stretch,
    log_odds,
    units,
    expected: ordered - units,
    observed: ordered,
  };
}
