import { inOrder, type Alert } from '../../../models/contract/alert.ts';
import { ProblemError } from '../http/problem.ts';
import type { CaseStore } from './case-store.ts';
import type { PendingMoves } from './pending-moves.ts';

/** Cases one by one, as they are now: as stored, with what people said of them that does not show there yet. */
export class CurrentCases {
  readonly #stored: Pick<CaseStore, 'find' | 'wasWithdrawn'>;
  readonly #pending: Pick<PendingMoves, 'add' | 'over'>;

  constructor(stored: Pick<CaseStore, 'find' | 'wasWithdrawn'>, pending: Pick<PendingMoves, 'add' | 'over'>) {
    this.#stored = stored;
    this.#pending = pending;
  }

  /** Undefined where there is none. @throws SqlError */
  async known(alert_id: string): Promise<Alert | undefined> {
    const stored = await this.#stored.find(alert_id);
    return stored && inOrder(this.#pending.over(stored));
  }

  /** @throws ProblemError 404 where there is none, 410 where there was one; SqlError */
  async find(alert_id: string): Promise<Alert> {
    return (await this.known(alert_id)) ?? (await this.#refuse(alert_id));
  }

  /** Without what does not show in the marts yet. Throws as `find` does. */
  async asStored(alert_id: string): Promise<Alert> {
    return (await this.#stored.find(alert_id)) ?? (await this.#refuse(alert_id));
  }

  /** From now on the case is as what was said of it, and published, makes it. */
  changedTo(alert: Alert): void {
    this.#pending.add(alert);
  }

  /** Who has seen a case that is there no more is told why. */
  async #refuse(alert_id: string): Promise<never> {
    if (!(await this.#stored.wasWithdrawn(alert_id)))
      throw new ProblemError(404, { detail: 'there is no such case' });
    throw new ProblemError(410, {
      detail:
        'the case was withdrawn: later data explain what it rested on, or what was said of others of its kind leaves too little of it',
    });
  }
}
