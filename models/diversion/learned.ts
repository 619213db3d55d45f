import type { AlertKind } from '../contract/alert.ts';
import type { Term } from './confidence.ts';
import { groupBy, sum } from './group-by.ts';

/** What people said of the cases that a kind of signal was part of. */
export interface Outcomes {
  readonly kind: AlertKind;
  readonly confirmed: number;
  readonly dismissed: number;
}

/**
 * What is believed of every rule before people have said anything: as if of 20 of its cases 18 had been confirmed. So a
 * handful of verdicts moves it a little, dozens move it to what they say.
 */
const PRIOR = { confirmed: 18, dismissed: 2 } as const;
/** A rule that is always wrong is not silenced, one that is always right proves nothing by itself. */
const LOG_ODDS_MIN = -3;
const LOG_ODDS_MAX = 1;

/**
 * What closed cases teach about each kind of signal: by how much (ln of a likelihood ratio) a case that rests on it is surer
 * than its rule alone says. 0 without a verdict; a beta-binomial posterior's odds over those of the prior.
 */
export function learnedLogOdds(outcomes: readonly Outcomes[]): ReadonlyMap<AlertKind, number> {
  return new Map(
    outcomes.map(({ kind, confirmed, dismissed }) => {
      const odds = (PRIOR.confirmed + confirmed) / (PRIOR.dismissed + dismissed);
      const learned = Math.log(odds) - Math.log(PRIOR.confirmed / PRIOR.dismissed);
      return [kind, Math.min(LOG_ODDS_MAX, Math.max(LOG_ODDS_MIN, learned))];
    }),
  );
}

/**
 * What is learned of the kinds of a case's evidence, each with what its signals say for a diversion: by its share of that it counts, so
 * that many codes do not repeat one lesson.
 */
export function lessonsOf(
  evidence: readonly Term[],
  learned: ReadonlyMap<AlertKind, number>,
): (Term & { readonly taught: number })[] {
  const positive = evidence.filter(({ log_odds }) => log_odds > 0);
  return [...groupBy(positive, ({ kind }) => kind)].map(([, terms]) => {
    const kind = terms[0]?.kind as AlertKind;
    return { kind, log_odds: sum(terms.map(({ log_odds }) => log_odds)), taught: learned.get(kind) ?? 0 };
  });
}
