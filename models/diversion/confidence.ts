import type { AlertKind } from '../contract/alert.ts';
import { sum } from './group-by.ts';

/** Odds that goods seen in a region at all are diverted, before any signal: 1 in 100. */
export const PRIOR_LOG_ODDS = Math.log(0.01 / 0.99);
/** More evidence than this makes a case no surer (1 in 160,000 to be wrong): signals of one case are not independent. */
export const LOG_ODDS_MAX = 12;
/** Below it nothing is raised: as likely as not. */
export const CONFIDENCE_MIN = 0.5;
/** Consumers of one origin, product and lot that are expected in a region although nothing was diverted there. */
const TRAVELLERS_FLOOR = 0.15;
/** Of those seen elsewhere, the share that is expected in one region: journeys go to a few dozen large cities. */
const TRAVELLERS_SHARE = 1 / 30;
/** What a dealer's own orders, prices or silence add at most to a case of its goods that stands without them; what says less is left out. */
export const CONTEXT_LOG_ODDS_MAX = Math.log(5);

/** Something that is said of a case, and the ln of its likelihood ratio. */
export interface Term {
  readonly kind: AlertKind;
  readonly log_odds: number;
}

/** All that the confidence of a case is made of: with `confidenceOf` whoever has it comes to the same number. */
export interface ConfidenceAccount {
  /** What scans by dealers say: of each code that counts its strongest signal, or what the codes in it say together, if that is more. */
  readonly codes: readonly (Term & { readonly code: string })[];
  /** Consumers of each region who saw the goods, by the probability that they were outside the territory, and those who did elsewhere. */
  readonly consumers: readonly { readonly seen: number; readonly elsewhere: number }[];
  /** What speaks of the dealer and the product as a whole, where the case is about that. */
  readonly of_dealer: readonly Term[];
  /** The same, beside a case about goods. */
  readonly context: readonly Term[];
  /** Of each kind what its signals say for a diversion, all together, and what verdicts on earlier cases have taught of it (ln). */
  readonly lessons: readonly (Term & { readonly taught: number })[];
}

/** In an order of their own, so that the sums do not depend on that in which signals came. */
export function termsOf(signals: readonly Term[]): Term[] {
  return signals
    .map(({ kind, log_odds }) => ({ kind, log_odds }))
    .sort((a, b) => (a.kind === b.kind ? a.log_odds - b.log_odds : a.kind < b.kind ? -1 : 1));
}

/** What the case's own evidence says, without its context and the lessons: ln of the odds. */
export function ownLogOdds({
  codes,
  consumers,
  of_dealer,
}: Omit<ConfidenceAccount, 'context' | 'lessons'>): number {
  const excess = consumers.map(({ seen, elsewhere }) => excessLogOdds(seen, elsewhere));
  return (
    PRIOR_LOG_ODDS +
    sum(codes.map(({ log_odds }) => log_odds)) +
    sum(excess.sort((a, b) => a - b)) +
    sum(of_dealer.map(({ log_odds }) => log_odds))
  );
}

/** The probability that a case is real: the logistic of all that speaks for and against it, up to LOG_ODDS_MAX. */
export function confidenceOf(account: ConfidenceAccount): number {
  const { context, lessons } = account;
  const of_context = Math.min(
    CONTEXT_LOG_ODDS_MAX,
    sum(context.map(({ log_odds }) => Math.max(0, log_odds))),
  );
  const log_odds = ownLogOdds(account) + of_context + taughtBy(lessons);
  return 1 / (1 + Math.exp(-Math.min(LOG_ODDS_MAX, log_odds)));
}

/** What lessons move a case by: each by its share of the evidence. */
export function taughtBy(lessons: ConfidenceAccount['lessons']): number {
  const all = sum(lessons.map(({ log_odds }) => log_odds));
  return sum(lessons.map(({ log_odds, taught }) => (log_odds / all) * taught));
}

/** ln of the likelihood ratio of `seen` consumers in a region against Poisson's law of those expected there. */
function excessLogOdds(seen: number, elsewhere: number): number {
  const expected = Math.max(TRAVELLERS_FLOOR, elsewhere * TRAVELLERS_SHARE);
  return seen <= expected ? 0 : seen * Math.log(seen / expected) - (seen - expected);
}
