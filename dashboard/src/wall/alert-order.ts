import type { LiveRow } from '../../../models/contract/live.ts';

export type AlertRow = LiveRow<'alerts'>;

const SEVERITY_ORDER: Readonly<Record<AlertRow['severity'], number>> = { critical: 0, warning: 1, info: 2 };

/** Whether a case still waits for an end. */
export function isActive(alert: AlertRow): boolean {
  return alert.state === 'open' || alert.state === 'acknowledged' || alert.state === 'investigating';
}

/** What must be looked at first: cases that nobody has taken, then those in work, then ended ones; graver and newer first. */
export function alertsInOrder(rows: Iterable<AlertRow>): AlertRow[] {
  return [...rows].sort(
    (a, b) =>
      stateOrder(a) - stateOrder(b) ||
      SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
      Date.parse(b.raised_at) - Date.parse(a.raised_at) ||
      a.alert_id.localeCompare(b.alert_id),
  );
}

function stateOrder(alert: AlertRow): number {
  if (alert.state === 'open') return 0;
  return isActive(alert) ? 1 : 2;
}
