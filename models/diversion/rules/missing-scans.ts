import { groupBy, sum } from '../group-by.ts';
import type { HabitSignal } from '../habit.ts';
import type { Leaks } from '../leakage.ts';
import { pooledAmong, type PooledSignal } from '../pooling.ts';

/** Codes of a product that were shipped to a dealer on one day. */
export interface ShippedDay {
  readonly dealer_id: string;
  readonly sku_id: string;
  readonly day: number;
  /** Days since then, up to the newest scan. */
  readonly age: number;
  readonly codes: number;
  /** Of those that were seen again, or whose contents were: after how many days each. */
  readonly delays: readonly number[];
  /** Units under the codes that were not. */
  readonly unseen_units: number;
}

/** Of a code that is scraped off with its whole delivery, or with half of it: the chance that it is seen all the same. */
const SEEN_ANYWAY = [0.05, 0.5] as const;
/** Codes of one day are scanned, or forgotten, together: two or more of them tell half as much again as one. */
const TOGETHER = 1.5;
/** Nobody is so careful that fewer than this are never seen. */
const UNSEEN_MIN = 0.002;
/** Who never scans half of its goods tells nothing by not scanning. */
const UNSEEN_MAX = 0.5;
/** Ages of less than this tell nothing: goods travel. */
const AGE_MIN = 2;
/** The channel's own care weighs as much as so many codes that a dealer leaves unseen. */
const CARE_PRIOR_CODES = 2;
/** A drop is one from what was before, or comes after: so many codes of the product on other days at least. Its labels may be scanned less than others. */
const OTHER_CODES_MIN = 5;
/** Where the dealer's other products fall silent in the same days, a broken scanner is as good a reason, until somebody must have mended it. */
const OUTAGE = { products_min: 2, dark_share: 0.6, log_odds: -3, mended_days: 14 } as const;
/** What comes is sold within so many days. */
const SOLD_DAYS = 28;
/** A short history is one of many that could have been looked at. */
const CHOICES_MIN = 36;
const LOG_ODDS_MAX = 12;
/** Least scale of the tail of what dealers' products say together: that of log-odds themselves. */
const POOLED_SCALE_MIN = 1;

/**
 * A dealer's scan coverage of a product drops: codes shipped to it, and what is in them, are not seen again, for days on end. Codes that
 * are scraped off leave nothing else. How long a code usually takes to be seen the channel tells, and how careful the dealer is
 * its other days: the older an unseen code, the more it says. Evidence is the likelihood ratio of the darkest run of shipping days, less what the
 * choice of the run is worth; of several products in the same days it adds up, held against all dealers of the channel. One signal a dealer and product at most.
 */
export function missingScans(days: readonly ShippedDay[], leaks: Leaks): HabitSignal[] {
  const told = days.filter(({ age }) => age >= AGE_MIN);
  const unseen_by = survivalOf(told);
  const newest = days.reduce((last, { day, age }) => Math.max(last, day + age), 0);
  const by_dealer = groupBy(told, ({ dealer_id }) => dealer_id);
  const found = [...by_dealer.values()].flatMap((of_dealer) =>
    [...groupBy(of_dealer, ({ sku_id }) => sku_id).values()].map((of_product) =>
      darkest(of_product, of_dealer, unseen_by),
    ),
  );
  const judged = found.flatMap(({ score, signal, is_outage, choices }): PooledSignal[] => {
    if (signal === null) return [];
    const goods = { dealer_id: signal.origin_dealer_id, sku_id: signal.sku_id };
    // Goods that still lie there are no excuse for their codes.
    const sold_off = { from: signal.from, to: Math.min(newest + 1, signal.to + SOLD_DAYS) };
    const of_leak = Math.max(0, leaks.ratio(goods, sold_off, signal.units));
    return [
      { signal, evidence: score - Math.log(choices) + of_leak, doubt: is_outage ? OUTAGE.log_odds : 0 },
    ];
  });
  const isMended = ({ doubt, signal: { from, to } }: PooledSignal): boolean =>
    doubt === 0 || to - from > OUTAGE.mended_days;
  const together = pooledAmong(judged.filter(isMended), by_dealer.size, POOLED_SCALE_MIN);
  return judged.flatMap((one) => {
    const log_odds = Math.max(one.evidence + one.doubt, together.get(one) ?? 0);
    return log_odds > 0 ? [{ ...one.signal, log_odds: Math.min(LOG_ODDS_MAX, log_odds) }] : [];
  });
}

/** By age in days: the share of the channel's codes that are not seen at that age (of those that are so old). */
function survivalOf(days: readonly ShippedDay[]): (age: number) => number {
  const longest = Math.max(0, ...days.map(({ age }) => age));
  const [old, unseen] = [new Float64Array(longest + 1), new Float64Array(longest + 1)];
  for (const { age, codes, delays } of days) {
    for (let a = 0; a <= age; a += 1) {
      old[a] = (old[a] ?? 0) + codes;
      unseen[a] = (unseen[a] ?? 0) + codes;
    }
    for (const delay of delays) for (let a = delay; a <= age; a += 1) unseen[a] = (unseen[a] ?? 0) - 1;
  }
  // Half a code in a hundred is unseen before anything is known; at higher ages never more than at lower ones.
  let least = 1;
  const curve = Array.from(old, (codes, a) => {
    least = Math.min(least, ((unseen[a] ?? 0) + 0.5) / (codes + 100));
    return codes < 20 ? least : Math.max(UNSEEN_MIN, least);
  });
  return (age) => Math.max(UNSEEN_MIN, curve[Math.min(age, longest)] ?? 1);
}

interface Found {
  readonly score: number;
  /** Runs of days that it was chosen from. */
  readonly choices: number;
  readonly signal: HabitSignal | null;
  readonly is_outage: boolean;
}

function darkest(
  of_product: readonly ShippedDay[],
  of_dealer: readonly ShippedDay[],
  unseen_by: (age: number) => number,
): Found {
  const days = of_product.toSorted((a, b) => a.day - b.day);
  const choices = Math.max(CHOICES_MIN, (days.length * (days.length + 1)) / 2);
  const none: Found = { score: 0, choices, signal: null, is_outage: false };
  return SEEN_ANYWAY.map((anyway): Found => {
    const first = runOf(days, (day) => evidenceOf(day, anyway, unseen_by(day.age)));
    if (first === null) return none;
    // Once more, by the care that the dealer takes on its other days.
    const [from, to] = [days[first.from]?.day ?? 0, (days[first.to - 1]?.day ?? 0) + 1];
    if (codesOutside(of_product, from, to) < OTHER_CODES_MIN) return none;
    const care = careOf(of_dealer, from, to, unseen_by);
    const usual = (day: ShippedDay): number => unseen_by(day.age) * care;
    const stretch = days.slice(first.from, first.to);
    if (stretch.every((day) => usual(day) >= UNSEEN_MAX)) return none;
    const score = sum(stretch.map((day) => evidenceOf(day, anyway, Math.min(UNSEEN_MAX, usual(day)))));
    const codes = sum(stretch.map((day) => day.codes));
    const seen = sum(stretch.map(({ delays }) => delays.length));
    if (score <= 0) return none;
    return {
      score,
      choices,
      is_outage: isOutage(of_dealer, stretch[0]?.sku_id ?? '', from, to),
      signal: {
        kind: 'missing_scans',
        origin_dealer_id: stretch[0]?.dealer_id ?? '',
        sku_id: stretch[0]?.sku_id ?? '',
        found_dealer_id: '',
        from,
        to,
        log_odds: 0,
        units: sum(stretch.map(({ unseen_units }) => unseen_units)),
        expected: 1 - sum(stretch.map((day) => Math.min(UNSEEN_MAX, usual(day)) * day.codes)) / codes,
        observed: seen / codes,
      },
    };
  }).reduce((one, other) => (other.score > one.score ? other : one));
}

/** The run of days with the most evidence (J. B. Kadane's algorithm); null where none has any. */
function runOf(
  days: readonly ShippedDay[],
  evidence: (day: ShippedDay) => number,
): { readonly from: number; readonly to: number } | null {
  let best: { readonly from: number; readonly to: number } | null = null;
  let [most, from, so_far] = [0, 0, 0];
  days.forEach((day, i) => {
    if (so_far <= 0) [from, so_far] = [i, 0];
    so_far += evidence(day);
    if (so_far > most) [most, best] = [so_far, { from, to: i + 1 }];
  });
  return best;
}

/** ln of the likelihood ratio of one day's codes: scraped off, so that a share `anyway` is seen, against a usual share unseen. */
function evidenceOf({ codes, delays }: ShippedDay, anyway: number, unseen: number): number {
  const weight = codes === 1 ? 1 : TOGETHER;
  const seen = delays.length / codes;
  const usual = Math.min(UNSEEN_MAX, unseen);
  return weight * ((1 - seen) * Math.log((1 - anyway) / usual) + seen * Math.log(anyway / (1 - usual)));
}

function codesOutside(days: readonly ShippedDay[], from: number, to: number): number {
  return sum(days.filter(({ day }) => day < from || day >= to).map(({ codes }) => codes));
}

/** How many times as many codes as the channel's a dealer leaves unseen on days outside a stretch. */
function careOf(
  of_dealer: readonly ShippedDay[],
  from: number,
  to: number,
  unseen_by: (age: number) => number,
): number {
  const outside = of_dealer.filter(({ day }) => day < from || day >= to);
  const unseen = sum(outside.map(({ codes, delays }) => codes - delays.length));
  const usual = sum(outside.map(({ codes, age }) => codes * unseen_by(age)));
  return (unseen + CARE_PRIOR_CODES) / (usual + CARE_PRIOR_CODES);
}

function isOutage(of_dealer: readonly ShippedDay[], sku_id: string, from: number, to: number): boolean {
  const others = of_dealer.filter((day) => day.sku_id !== sku_id && day.day >= from && day.day < to);
  const products = groupBy(others, (day) => day.sku_id);
  const silent = [...products.values()].filter(
    (shipped) =>
      sum(shipped.map(({ delays }) => delays.length)) <=
      (1 - OUTAGE.dark_share) * sum(shipped.map(({ codes }) => codes)),
  );
  return silent.length >= OUTAGE.products_min && silent.length >= OUTAGE.dark_share * products.size;
}
