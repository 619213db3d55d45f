import type { GroupingAction } from '../contract/alert.ts';

/** The last that people said of a case: that it is part of another, or was split off from it. */
export interface CaseGrouping {
  readonly alert_id: string;
  readonly lead_alert_id: string;
  readonly action: GroupingAction;
}

/**
 * The lead of each case that is part of another, however many steps away: one merged into a case that was itself merged is part
 * of the last. Where cases were merged in a circle (by two people at once) the first of its ids leads. A case that is not in the
 * map stands alone or leads. Does not depend on the order of the groupings.
 * @param groupings one for each case
 */
export function leadsOf(groupings: readonly CaseGrouping[]): ReadonlyMap<string, string> {
  const next = new Map<string, string>();
  for (const { alert_id, lead_alert_id, action } of groupings)
    if (action === 'merge' && alert_id !== lead_alert_id) next.set(alert_id, lead_alert_id);
  const leads = new Map<string, string>();
  for (const alert_id of next.keys()) {
    const lead = lastOf(alert_id, next);
    if (lead !== alert_id) leads.set(alert_id, lead);
  }
  return leads;
}

function lastOf(alert_id: string, next: ReadonlyMap<string, string>): string {
  const seen: string[] = [];
  let at = alert_id;
  for (;;) {
    const circle = seen.indexOf(at);
    if (circle !== -1) return seen.slice(circle).sort()[0] ?? at;
    seen.push(at);
    const following = next.get(at);
    if (following === undefined) return at;
    at = following;
  }
}
