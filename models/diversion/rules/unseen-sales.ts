import { groupBy } from '../group-by.ts';
import { sumIn, wholeOf, type HabitSignal, type OrderHabit, type Stretch } from '../habit.ts';
import { SETTLE_DAYS, shelfOf, type Shelf } from '../leakage.ts';
import { logOddsOfRarity, rarityOf } from '../rarity.ts';

/** Lengths of stretches that are looked at, days. */
const LENGTHS = [7, 10, 14, 21, 28] as const;
/** What a dealer's care is told by: so many days, and so many units that it was seen to sell, before a stretch. */
const BEFORE = { days: 10, sold: 10 } as const;
/** Who was never seen to sell half of what left its shelf tells nothing by not scanning. */
const SEEN_MIN = 0.5;
/** A drop is one to this share of what was usual, at least. */
const DROP_MAX = 0.6;
/** Fewer units that left unseen are an error of counting. */
const UNITS_MIN = 5;
/** Least scale of the scores' tail in a channel of a few dealers, orders of usual size. */
const SCALE_MIN = 0.2;
/** Nobody scans more of what leaves than this for long. */
const CARE_MAX = 0.9;
const LOG_ODDS_MAX = 12;

/**
 * Goods that a dealer took in, and that left its shelf without being seen sold, though it used to scan what it sells: the codes came
 * off behind the door, where `missingScans` still sees them received. Shipments and snapshots say what left, scans how much
 * of it was seen. What counts is how many orders of usual size left unseen beyond the dealer's usual share, of all products of which its
 * scans drop in the same days together, held against all dealers of the channel. One signal a dealer and product at most.
 */
export function unseenSales(habits: readonly OrderHabit[]): HabitSignal[] {
  const dealers = [...groupBy(habits, ({ dealer_id }) => dealer_id).values()];
  const found = dealers.map((own) => darkest(own.map(shelfOf).flatMap(toldOf)));
  const expectedAt = rarityOf(
    found.map(({ score }) => score),
    SCALE_MIN,
  );
  return found.flatMap(({ score, drops }) => {
    // Each order that left unseen tells once: of so many dealers so many would be as dark by chance, however quiet the channel is.
    const by_chance = found.length * Math.exp(-score);
    const log_odds = Math.min(LOG_ODDS_MAX, logOddsOfRarity(Math.max(expectedAt(score), by_chance)));
    return log_odds > 0 ? drops.map((drop) => ({ ...drop, log_odds })) : [];
  });
}

interface Found {
  /** Orders that left unseen beyond what is usual, in deviations of as many products; 0 = there is nothing. */
  readonly score: number;
  readonly drops: readonly HabitSignal[];
}

interface Drop {
  readonly signal: HabitSignal;
  /** Units that left, by how much what was seen of them says of each. */
  readonly evidence: number;
  readonly lot: number;
}

interface Told extends Shelf {
  /** First day of which shipments, sales and snapshots say what left. */
  readonly begins: number;
}

function toldOf(shelf: Shelf): Told[] {
  const first = shelf.gone.findIndex((units) => !Number.isNaN(units));
  return first === -1 ? [] : [{ ...shelf, begins: Math.max(wholeOf(shelf.habit).from, first + 1) }];
}

function darkest(shelves: readonly Told[]): Found {
  const days = shelves[0]?.habit.ordered.length ?? 0;
  let best: Found = { score: 0, drops: [] };
  for (let from = Math.min(...shelves.map(({ begins }) => begins)) + BEFORE.days; from < days; from += 1) {
    for (const length of LENGTHS) {
      // What was shipped last may still be on its way.
      const stretch = { from, to: Math.min(days - SETTLE_DAYS, from + length) };
      if (stretch.to - from < LENGTHS[0]) continue;
      const drops = shelves.flatMap((shelf) => dropIn(shelf, stretch) ?? []);
      const evidence = drops.reduce((sum, drop) => sum + drop.evidence, 0);
      const score = evidence / Math.max(1, Math.hypot(...drops.map(({ lot }) => lot)));
      if (score > best.score) best = { score, drops: drops.map(({ signal }) => signal) };
    }
  }
  return best;
}

/** What the scans of one product say of a stretch; null where they do not drop, or nobody can tell. */
function dropIn(shelf: Told, stretch: Stretch): Drop | null {
  const { habit, begins, lot } = shelf;
  const before = { from: begins, to: stretch.from };
  if (before.to - before.from < BEFORE.days) return null;
  const flow = flowIn(shelf, stretch);
  if (flow === null || flow.left - flow.seen < UNITS_MIN) return null;
  const usual = flowIn(shelf, before);
  if (usual === null || usual.seen < BEFORE.sold || usual.seen < SEEN_MIN * usual.left) return null;
  const expected = usual.seen / usual.left;
  const units = expected * flow.left - flow.seen;
  if (units < UNITS_MIN || flow.seen > DROP_MAX * expected * flow.left) return null;
  const observed = flow.seen / flow.left;
  const evidence = flow.left * divergence(observed, Math.min(CARE_MAX, expected));
  const { dealer_id, sku_id } = habit;
  const goods = { kind: 'missing_scans', origin_dealer_id: dealer_id, sku_id, found_dealer_id: '' } as const;
  return { lot, evidence, signal: { ...goods, ...stretch, log_odds: 0, units, expected, observed } };
}

/** How surely each unit tells that a share of `observed` was seen, and not one of `expected` (Kullback and Leibler's divergence). */
function divergence(observed: number, expected: number): number {
  const term = (p: number, q: number): number => (p === 0 ? 0 : p * Math.log(p / q));
  return term(observed, expected) + term(1 - observed, 1 - expected);
}

/** What left the shelf in a stretch, and what of it was seen, units; null where no snapshot tells. */
function flowIn(
  { gone, sold }: Shelf,
  stretch: Stretch,
): { readonly left: number; readonly seen: number } | null {
  const unseen = (gone[stretch.to - 1] ?? NaN) - (gone[stretch.from - 1] ?? NaN);
  if (Number.isNaN(unseen)) return null;
  const seen = sumIn(sold, stretch);
  return { left: seen + Math.max(0, unseen), seen };
}
