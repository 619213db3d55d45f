import type { Alert } from '../../../models/contract/alert.ts';

/** A move that does not show in the stored case after so long is asked after: it waits still, or it never will show. */
const ASKED_AFTER_MS = 60_000;
/** While it waits it is asked after so often. */
const ASKED_EVERY_MS = 5_000;
/** Moves remembered at once; beyond them the oldest is forgotten. */
const PENDING_MAX = 10_000;

interface Pending {
  readonly alert: Alert;
  ask_at_ms: number;
}

export interface PendingMovesOptions {
  readonly now: () => number;
  /** Whether all moves that were published before the call are stored, or were set aside as dead letters. */
  readonly areTakenIn: () => Promise<boolean>;
  /** Told why that could not be said: the moves then count as waiting. */
  readonly onUnknown: (error: unknown) => void;
}

/**
 * Moves that were published but do not show in the stored case yet. Without them a second move would be judged, and a
 * case answered, by the state before the first. A move is forgotten when the stored case shows it or a later one, or when it has been
 * taken in and the stored case does not show it all the same (it was sent before, or set aside); however long the sink stands still.
 */
export class PendingMoves {
  readonly #cases = new Map<string, Pending>();
  readonly #options: PendingMovesOptions;
  #asking = false;

  constructor(options: PendingMovesOptions) {
    this.#options = options;
  }

  add(alert: Alert): void {
    this.#cases.delete(alert.alert_id);
    if (this.#cases.size >= PENDING_MAX) {
      const [oldest] = this.#cases.keys();
      if (oldest !== undefined) this.#cases.delete(oldest);
    }
    this.#cases.set(alert.alert_id, { alert, ask_at_ms: this.#options.now() + ASKED_AFTER_MS });
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
    if (folded) {
      this.#cases.delete(stored.alert_id);
      return stored;
    }
    if (pending.ask_at_ms <= this.#options.now()) void this.#askAfterOld();
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

  /** Forgets the old ones once they are known to be taken in. Nobody waits for the answer: until then they hold. */
  async #askAfterOld(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const old = [...this.#cases].filter(([, { ask_at_ms }]) => ask_at_ms <= this.#options.now());
    try {
      const taken_in = await this.#options.areTakenIn();
      for (const [alert_id, pending] of old) {
        if (!taken_in) pending.ask_at_ms = this.#options.now() + ASKED_EVERY_MS;
        // Meanwhile the case may have been moved once more.
        else if (this.#cases.get(alert_id) === pending) this.#cases.delete(alert_id);
      }
    } catch (error) {
      this.#options.onUnknown(error);
      for (const [, pending] of old) pending.ask_at_ms = this.#options.now() + ASKED_EVERY_MS;
    } finally {
      this.#asking = false;
    }
  }
}
