import type { AlertRow } from './alert-order.ts';

/** A critical case that nobody has taken keeps the wall on its page. */
export function isPinned(alerts: Iterable<AlertRow>): boolean {
  for (const alert of alerts) {
    if (alert.severity === 'critical' && alert.state === 'open') return true;
  }
  return false;
}

/** Seconds until the next flip, counted from when the page was shown; 0 when it is due. */
export function flipsIn(shown_at_ms: number, rotate_s: number, now_ms: number): number {
  return Math.max(0, Math.ceil(rotate_s - (now_ms - shown_at_ms) / 1000));
}
