import type { ColdStartRequest } from '../../../models/forecast/cold-start.ts';
import type { Panel } from '../../../models/forecast/panel.ts';
import { takeUp } from '../../../models/forecast/take-up.ts';
import { keyOf, NEW_DAYS, type DemandHistory } from './history.ts';

/**
 * Chance that a dealer that has not ordered a product begins to within the horizon: of a new dealer the share of those around it that
 * order it; else such that the mean is what dealers have been seen to order of launches that they had not ordered yet.
 */
export function takeUpChance(
  history: DemandHistory,
  panel: Panel,
  { origin, h }: { readonly origin: number; readonly h: number },
): NonNullable<ColdStartRequest['chance']> {
  const age_max = Math.round(NEW_DAYS / panel.period_days);
  let expected: Float64Array | undefined;
  return (series, mean) => {
    const facts = history.series[series];
    // It has begun, too lately for a whole week.
    if (facts === undefined || history.demand.has(keyOf(facts))) return 1;
    if (facts.peer_share !== null) return facts.peer_share;
    expected ??= takeUp(panel, { origin, h, age_max }) ?? new Float64Array(panel.series_count);
    return mean > 0 ? (expected[series] ?? 0) / mean : 0;
  };
}
