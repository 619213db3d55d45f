import type { TruthRow } from '../../simulator/injections/truth.ts';

/** What was raised, in so far as it is compared with the truth. */
export interface Raised {
  /** Empty = the rule tells no kind. */
  readonly kinds: readonly string[];
  readonly origin_dealer_id: string;
  readonly found_adcode: string;
  readonly sku_id: string;
  readonly codes: readonly string[];
  /** When it was seen, ms; null = not known. */
  readonly seen_ms: number | null;
}

export interface Score {
  readonly truths: number;
  readonly caught: number;
  readonly raised: number;
  readonly right: number;
  /** Of the truths that were caught, from the first evidence to the alert, ms. */
  readonly delays_ms: readonly number[];
}

/**
 * Compares alerts and labelled deeds at the level of cases. A deed is caught by an alert about the same origin dealer and
 * product that names its kind or one of its codes; where both name a prefecture it must be the same. An alert is right
 * when it catches some deed, and false otherwise: an alert about nothing that was injected is a false one, whatever it shows.
 */
export function scoreOf(truths: readonly TruthRow[], raised: readonly Raised[]): Score {
  const delays_ms: number[] = [];
  let caught = 0;
  for (const truth of truths) {
    const by = raised.filter((one) => catches(one, truth));
    if (by.length === 0) continue;
    caught += 1;
    const seen = by.flatMap(({ seen_ms }) => (seen_ms === null ? [] : [seen_ms]));
    if (seen.length > 0) delays_ms.push(Math.max(0, Math.min(...seen) - truth.first_event_time_ms));
  }
  return {
    truths: truths.length,
    caught,
    raised: raised.length,
    right: raised.filter((one) => truths.some((truth) => catches(one, truth))).length,
    delays_ms,
  };
}

function catches(one: Raised, truth: TruthRow): boolean {
  if (one.origin_dealer_id !== truth.origin_dealer_id || one.sku_id !== truth.sku_id) return false;
  const places = [one.found_adcode, truth.found_adcode ?? ''].filter((adcode) => adcode !== '');
  if (places.length === 2 && places[0] !== places[1]) return false;
  return one.kinds.includes(truth.kind) || truth.codes.some((code) => one.codes.includes(code));
}

/** Sums of several streams. */
export function sumOf(scores: readonly Score[]): Score {
  const sum = (of: (score: Score) => number): number => scores.reduce((total, score) => total + of(score), 0);
  return {
    truths: sum(({ truths }) => truths),
    caught: sum(({ caught }) => caught),
    raised: sum(({ raised }) => raised),
    right: sum(({ right }) => right),
    delays_ms: scores.flatMap(({ delays_ms }) => delays_ms),
  };
}

export function recallOf({ truths, caught }: Score): number | null {
  return truths === 0 ? null : caught / truths;
}

export function precisionOf({ raised, right }: Score): number | null {
  return raised === 0 ? null : right / raised;
}

/** Harmonic mean of precision and recall; null where either is. */
export function f1Of(score: Score): number | null {
  const [precision, recall] = [precisionOf(score), recallOf(score)];
  if (precision === null || recall === null) return null;
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

export function medianOf(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
