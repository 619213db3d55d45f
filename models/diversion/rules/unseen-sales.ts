import { leftSteadily, type CountedShelf, type CountedShelves } from '../counted-shelf.ts';
import { groupBy, medianOf, sum } from '../group-by.ts';
import { sumIn, type HabitSignal, type OrderHabit, type Stretch } from '../habit.ts';
import { logOddsOfRarity, poissonExponent, rarityOf } from '../rarity.ts';

/** Lengths of stretches that are looked at, days: who takes off a part of the codes is told by many weeks of it, not by one. */
const LENGTHS = [7, 10, 14, 21, 28, 42] as const;
/** What a dealer's care is told by: so many days, and so many units that it was seen to sell, before a stretch. */
const BEFORE = { days: 10, sold: 10 } as const;
/** Who was never seen to sell half of what left its shelf tells nothing by not scanning. */
const SEEN_MIN = 0.5;
/** A drop is one to this share of what was expected, at least. */
const DROP_MAX = 0.85;
/** A product whose few scans are no less probable than this (ln) is not told along with others. */
const TOLD_MIN = 2;
/** The care that a dealer takes of all products weighs as much as so many units of one. */
const CARE_PRIOR_UNITS = 20;
/** Nobody scans more of what leaves than this for long. */
const CARE_MAX = 0.95;
/** So much more a dealer may sell by and by than it did: less than DROP_MAX tells, so who scans at its pace and passes more on besides is not told by that. */
const GROWTH_MAX = 1.15;
/**
 * A broken scanner is mended within so many days: where most of what a dealer sells falls silent, the silence beyond them says something. In stretches
 * of so many weeks that no half of tills stays broken, only days of which no more than this share was scanned are taken for it: a scanner that does not work scans nothing.
 */
const OUTAGE = {
  products_min: 3,
  dark_share: 0.6,
  mended_days: 7,
  lasting_days: 21,
  scanned_max: 0.35,
} as const;
/** Who scans afterwards what it could not scan then does so within these days, in so many times of what it sells on one, and so many units, at least. */
const CATCH_UP = { days: 21, times_min: 4, units_min: 8 } as const;
/** The newest scans may not have come yet: days. */
const LATE_DAYS = 3;
/** Least scale of the scores' tail in a channel of a few dealers, ln. */
const SCALE_MIN = 2;
const LOG_ODDS_MAX = 12;

/**
 * Goods that a dealer took in, and that left its shelf without being seen sold, though it used to scan what it sells: the codes came
 * off behind the door, where `missingScans` still sees them received. Its scans of a product fall below their pace, while what leaves by shipments
 * and snapshots does not: who sells less, or passes more on besides, is told by neither alone. How improbable so few scans are, of
 * all products in the same days together, each by how restless it is sold in the channel, is held against all dealers of it. A dealer that falls silent as a whole may have a broken scanner: only
 * what lasts for more than a week counts, and what it scans later. One signal a dealer and product at most.
 */
export function unseenSales(habits: readonly OrderHabit[], shelves: CountedShelves): HabitSignal[] {
  const dealers = [...groupBy(habits, ({ dealer_id }) => dealer_id).values()];
  const restless = dispersionOf([...shelves.values()]);
  const found = dealers.map((own) =>
    darkest(
      own.flatMap((habit) => shelves.get(habit) ?? []),
      restless,
    ),
  );
  const expectedAt = rarityOf(
    found.map(({ score }) => score),
    SCALE_MIN,
  );
  return found.flatMap(({ score, drops }) => {
    // Of so many dealers so many would be as dark by chance, however quiet the channel is.
    const by_chance = found.length * Math.exp(-score / SCALE_MIN);
    const log_odds = Math.min(LOG_ODDS_MAX, logOddsOfRarity(Math.max(expectedAt(score), by_chance)));
    return log_odds > 0 ? drops.map((drop) => ({ ...drop, log_odds })) : [];
  });
}

interface Found {
  /** ln of how improbable so few scans are; 0 = there is nothing. */
  readonly score: number;
  readonly drops: readonly HabitSignal[];
}

/** Scans of a product that fall short in a stretch. */
interface Drop {
  readonly shelf: CountedShelf;
  readonly stretch: Stretch;
  /** Units that should have been scanned at the usual care and pace, and that were. */
  readonly expected: number;
  readonly seen: number;
  /** Units that left, and the share of them that is usually scanned. */
  readonly left: number;
  readonly care: number;
  /** How restless the product is sold. */
  readonly restless: number;
}

/** By product: how restless its sales are, the middle of the channel's dealers. */
type Dispersion = ReadonlyMap<string, number>;

/**
 * Variance of what dealers are seen to sell of each product from one day to the next, over the mean: 1 where it is sold unit by unit, as Poisson's law has it, 24 where by
 * cases of 24, and then few scans are as much less improbable.
 */
function dispersionOf(shelves: readonly CountedShelf[]): Dispersion {
  return new Map(
    [...groupBy(shelves, ({ habit }) => habit.sku_id)].map(([sku_id, own]) => [
      sku_id,
      Math.max(
        1,
        medianOf(own.flatMap(({ habit, begins }) => varianceToMean(habit.retail.subarray(begins)))),
      ),
    ]),
  );
}

/** None where nothing is sold. */
function varianceToMean(by_day: Float64Array): number[] {
  const steps = by_day.subarray(1).map((units, i) => (units - (by_day[i] ?? 0)) ** 2 / 2);
  const [units, squares] = [sum([...by_day]), sum([...steps])];
  return units <= 0 ? [] : [squares / units];
}

function darkest(shelves: readonly CountedShelf[], restless: Dispersion): Found {
  const days = shelves[0]?.habit.ordered.length ?? 0;
  let best: Found = { score: 0, drops: [] };
  for (let from = Math.min(...shelves.map(({ begins }) => begins)) + BEFORE.days; from < days; from += 1) {
    const usual = shelves.flatMap((shelf) => usualBefore(shelf, from));
    const [seen, left] = [sum(usual.map((one) => one.seen)), sum(usual.map((one) => one.left))];
    if (seen < Math.max(BEFORE.sold, SEEN_MIN * left)) continue;
    for (const length of LENGTHS) {
      const stretch = { from, to: Math.min(days - LATE_DAYS, from + length) };
      if (stretch.to - from < LENGTHS[0]) continue;
      const judged = usual.flatMap((one) => judgedIn(one, stretch, seen / left, restless));
      const drops = judged.filter((one) => one.seen <= DROP_MAX * one.expected);
      const counted = isOutage(drops, judged) ? beyondOutage(drops) : drops;
      const score = sum(counted.map(improbability));
      if (score > best.score) best = { score, drops: drops.filter(isTold).map(signalOf) };
    }
  }
  return best;
}

/** What left a shelf to consumers before a stretch, and what of it was seen, units. */
interface Usual {
  readonly shelf: CountedShelf;
  readonly days: number;
  readonly left: number;
  readonly seen: number;
}

/** None where too few days are known. */
function usualBefore(shelf: CountedShelf, day: number): Usual[] {
  const days = day - shelf.begins;
  const flow = days < BEFORE.days ? null : flowIn(shelf, { from: shelf.begins, to: day });
  return flow === null ? [] : [{ shelf, days, ...flow }];
}

/** What the scans of one product say of a stretch; none where nobody can tell. */
function judgedIn(
  { shelf, ...usual }: Usual,
  stretch: Stretch,
  care_of_all: number,
  dispersion: Dispersion,
): Drop[] {
  const flow = usual.seen < BEFORE.sold ? null : flowIn(shelf, stretch);
  if (flow === null) return [];
  const care = Math.min(
    CARE_MAX,
    (usual.seen + care_of_all * CARE_PRIOR_UNITS) / (usual.left + CARE_PRIOR_UNITS),
  );
  const pace = usual.seen / usual.days;
  const expected = Math.min(GROWTH_MAX * pace * (stretch.to - stretch.from), care * flow.left);
  if (expected < 1) return [];
  const is_drop = flow.seen <= DROP_MAX * expected;
  const seen = flow.seen + (is_drop ? caughtUp(shelf, stretch, pace) : 0);
  const restless = dispersion.get(shelf.habit.sku_id) ?? 1;
  return [{ shelf, stretch, expected, seen, left: flow.left, care, restless }];
}

/** Units that were scanned in heaps after a stretch. */
function caughtUp({ habit }: CountedShelf, { to }: Stretch, pace: number): number {
  const usual = Math.max(CATCH_UP.units_min, CATCH_UP.times_min * pace);
  return habit.retail
    .subarray(to, to + CATCH_UP.days)
    .reduce((units, of_day) => units + Math.max(0, of_day - usual), 0);
}

/** Whether most of what a dealer sells falls silent together. */
function isOutage(drops: readonly Drop[], judged: readonly Drop[]): boolean {
  const total = (of: readonly Drop[]): number => sum(of.map(({ expected }) => expected));
  return drops.length >= OUTAGE.products_min && total(drops) >= OUTAGE.dark_share * total(judged);
}

/** What is left of drops without those days in a row that a scanner may have been broken, the darkest ones; all where it was not. */
function beyondOutage(drops: readonly Drop[]): readonly Drop[] {
  const [first] = drops;
  if (first === undefined) return [];
  const { from, to } = first.stretch;
  const scannedIn = (days: Stretch): number => sum(drops.map(({ shelf }) => sumIn(shelf.retail, days)));
  const blocks = Array.from({ length: Math.max(1, to - from - OUTAGE.mended_days + 1) }, (_, i) => ({
    from: from + i,
    to: Math.min(to, from + i + OUTAGE.mended_days),
  }));
  const broken = blocks.reduce((one, other) => (scannedIn(other) < scannedIn(one) ? other : one));
  const broken_share = (broken.to - broken.from) / (to - from);
  const usual = broken_share * sum(drops.map(({ expected }) => expected));
  if (to - from >= OUTAGE.lasting_days && scannedIn(broken) > OUTAGE.scanned_max * usual) return drops;
  const share = 1 - broken_share;
  return drops.map((drop) => ({
    ...drop,
    expected: drop.expected * share,
    seen: Math.min(drop.expected * share, drop.seen - sumIn(drop.shelf.retail, broken)),
  }));
}

/** How improbable it is that so few were scanned. */
function improbability({ seen, expected, restless }: Drop): number {
  return expected <= 0 || seen >= expected ? 0 : poissonExponent(seen, expected) / restless;
}

function isTold(drop: Drop): boolean {
  return improbability(drop) >= TOLD_MIN;
}

function signalOf({ shelf, stretch, expected, seen, left, care }: Drop): HabitSignal {
  const { dealer_id, sku_id } = shelf.habit;
  return {
    kind: 'missing_scans',
    origin_dealer_id: dealer_id,
    sku_id,
    found_dealer_id: '',
    ...stretch,
    log_odds: 0,
    units: expected - seen,
    expected: care,
    observed: Math.min(1, seen / left),
  };
}

/** What left the shelf to consumers in a stretch, and what of it was seen, units; null where no snapshot tells. */
function flowIn(
  shelf: CountedShelf,
  stretch: Stretch,
): { readonly left: number; readonly seen: number } | null {
  const unseen = leftSteadily(shelf, stretch);
  const seen = sumIn(shelf.retail, stretch);
  return Number.isNaN(unseen) ? null : { left: seen + unseen, seen };
}
