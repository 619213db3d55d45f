import type { CaseEvidence } from './fusion.ts';
import { groupBy } from './group-by.ts';

/** However many begin on a day, what is as good as proven is raised: somebody has to know of it. */
const PROVEN = 0.99;

/** Of the cases that begin on one day, those that an investigator's time is not enough for. */
export interface BeyondBudget {
  /** UTC day of their first event, YYYY-MM-DD. */
  readonly day: string;
  readonly cases: number;
  /** The highest confidence among them. */
  readonly surest: number;
}

export interface Budgeted {
  readonly raised: readonly CaseEvidence[];
  /** Days of which cases are left out, the earliest first. */
  readonly beyond: readonly BeyondBudget[];
}

/**
 * What an investigator can look into: of the cases that begin on one day (UTC) only so many, the surest, are raised. Beyond them
 * go those that are as good as proven (0.99), and those that people have taken up. The order of the cases stays; the result does not depend on it.
 * @param cases_per_day_max how many a day
 * @param isTakenUp whether people work on a case, or have
 */
export function withinBudget(
  cases: readonly CaseEvidence[],
  cases_per_day_max: number,
  isTakenUp: (one: CaseEvidence) => boolean = () => false,
): Budgeted {
  const left_out = new Set<CaseEvidence>();
  const beyond: BeyondBudget[] = [];
  for (const [day, of_day] of groupBy(cases, ({ first_event_time }) => first_event_time.slice(0, 10))) {
    const rest = of_day
      .toSorted(bySurety)
      .slice(cases_per_day_max)
      .filter((one) => one.confidence < PROVEN && !isTakenUp(one));
    const [surest] = rest;
    if (surest === undefined) continue;
    for (const one of rest) left_out.add(one);
    beyond.push({ day, cases: rest.length, surest: surest.confidence });
  }
  return {
    raised: cases.filter((one) => !left_out.has(one)),
    beyond: beyond.toSorted((a, b) => (a.day < b.day ? -1 : 1)),
  };
}

function bySurety(a: CaseEvidence, b: CaseEvidence): number {
  return b.confidence - a.confidence || Number(b.value) - Number(a.value) || (a.key < b.key ? -1 : 1);
}
