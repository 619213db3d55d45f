import type { Alert } from '../../../models/contract/alert.ts';

/** So long a move may take until the processors have folded it in; then the stored case counts again. */
const PENDING_MS_MAX = 60_000;
/** Moves remembered at once; beyond them the oldest is forgotten. */
const PENDING_MAX = 1_000;

/**
 * Moves that were published but do not show in the stored case yet. Without them a second move would be judged, and a
 * case answered, by the state before the first.
 */
export class PendingMoves {
  readonly #cases = new Map<string, { readonly alert: Alert; readonly until_ms: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(alert: Alert): void {
    this.#cases.delete(alert.alert_id);
    if (this.#cases.size >= PENDING_MAX) {
      const [oldest] = this.#cases.keys();
      if (oldest !== undefined) this.#cases.delete(oldest);
    }
    this.#cases.set(alert.alert_id, { alert, until_ms: this.#now() + PENDING_MS_MAX });
  }

  /** Ids of the cases whose last move may not show in the stored ones yet, and made them what is looked for. */
  where(isLookedFor: (moved: Alert) => boolean): string[] {
    return [...this.#cases].filter(([, { alert }]) => isLookedFor(alert)).map(([id]) => id);
  }

  /** The case as it will be: with what the pending move says on top of what else is stored. */
  over<Stored extends Alert>(stored: Stored): Stored {
    const pending = this.#cases.get(stored.alert_id);
    if (!pending) return stored;
    const folded = Date.parse(stored.updated_at) >= Date.parse(pending.alert.updated_at);
    if (folded || pending.until_ms <= this.#now()) {
      this.#cases.delete(stored.alert_id);
      return stored;
    }
    const { state, updated_at, assignee, reason, merged_into, member_ids } = pending.alert;
    const moved = { ...stored, state, updated_at };
    delete moved.assignee;
    delete moved.reason;
    delete moved.merged_into;
    delete moved.member_ids;
    if (merged_into !== undefined) moved.merged_into = merged_into;
    if (member_ids !== undefined) moved.member_ids = member_ids;
    if (assignee !== undefined) moved.assignee = assignee;
    if (reason !== undefined) moved.reason = reason;
    return moved;
  }
}
