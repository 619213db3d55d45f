import type { LiveState } from '../live/state.ts';
import type { AlertRow } from './alert-order.ts';
import { DEAD_LETTERS, IDENTITIES, type FreshnessRow } from './feed-order.ts';
import type { KpiRow } from './kpi-view.ts';

/** Something that happened, for the ticker; its words are chosen when it is shown. */
export type Change =
  | { readonly kind: 'alert'; readonly at: string; readonly alert: AlertRow }
  | { readonly kind: 'alert_state'; readonly at: string; readonly alert: AlertRow }
  | { readonly kind: 'restated'; readonly at: string; readonly kpi_id: string }
  | { readonly kind: 'feed'; readonly at: string; readonly feed: FreshnessRow; readonly recovered: boolean }
  /** More of them than before, or none any more. */
  | { readonly kind: 'dead_letters'; readonly at: string; readonly open: number };

/** The ticker remembers so many changes; older ones leave. */
export const CHANGES_MAX = 40;

/**
 * What happened between two states. The first snapshot of a topic tells no change, but alerts of the last 24 h are
 * news to a screen that was just switched on.
 *
 * @param at when the later state arrived, RFC 3339
 */
export function changesBetween(before: LiveState, after: LiveState, at: string): Change[] {
  return [
    ...alertChanges(before.alerts?.rows ?? new Map(), after.alerts?.rows ?? new Map()),
    ...(before.kpis === undefined ? [] : restatements(before.kpis.rows, after.kpis?.rows ?? new Map(), at)),
    ...(before.freshness === undefined
      ? []
      : feedChanges(before.freshness.rows, after.freshness?.rows ?? new Map(), at)),
  ];
}

/** Newest first, at most CHANGES_MAX. */
export function remember(remembered: readonly Change[], fresh: readonly Change[]): Change[] {
  return [...fresh, ...remembered].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, CHANGES_MAX);
}

function alertChanges(before: ReadonlyMap<string, AlertRow>, after: ReadonlyMap<string, AlertRow>): Change[] {
  const changes: Change[] = [];
  for (const [id, alert] of after) {
    const known = before.get(id);
    if (known === undefined) changes.push({ kind: 'alert', at: alert.raised_at, alert });
    else if (known.state !== alert.state) changes.push({ kind: 'alert_state', at: alert.updated_at, alert });
  }
  return changes;
}

function restatements(
  before: ReadonlyMap<string, KpiRow>,
  after: ReadonlyMap<string, KpiRow>,
  at: string,
): Change[] {
  return [...after.values()]
    .filter((row) => row.restated === true && before.get(row.id)?.restated !== true)
    .map((row) => ({ kind: 'restated', at, kpi_id: row.id }));
}

function feedChanges(
  before: ReadonlyMap<string, FreshnessRow>,
  after: ReadonlyMap<string, FreshnessRow>,
  at: string,
): Change[] {
  const changes: Change[] = [];
  for (const [key, feed] of after) {
    const known = before.get(key);
    if (known === undefined) continue;
    if (feed.type === DEAD_LETTERS) {
      const { dead_letters: open } = feed;
      const isNews = open > known.dead_letters || (open === 0 && known.dead_letters > 0);
      if (isNews) changes.push({ kind: 'dead_letters', at, open });
      continue;
    }
    if (known.state === feed.state || feed.type === IDENTITIES) continue;
    changes.push({ kind: 'feed', at, feed, recovered: feed.state === 'live' });
  }
  return changes;
}
