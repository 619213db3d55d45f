import type { AlertKind } from '../contract/alert.ts';
import { sum } from './group-by.ts';

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
 * The learned part of a case's log-odds: that of each kind by its share of the evidence, so that many codes do not repeat one
 * lesson.
 */
export function learnedFor(
  evidence: readonly { readonly kind: AlertKind; readonly log_odds: number }[],
  learned: ReadonlyMap<AlertKind, number>,
): number {
  const positive = evidence.filter(({ log_odds }) => log_odds > 0);
  const all = sum(positive.map(({ log_odds }) => log_odds));
  return sum(positive.map(({ kind, log_odds }) => (log_odds / all) * (learned.get(kind) ?? 0)));
}
