import { ProblemError } from '../http/problem.ts';

/** Changes of one case under way or waiting for the one before, which Kafka may take seconds over; one more is told to come again. */
const WAITING_MAX = 20;
const RETRY_AFTER_S = '2';

interface Queue {
  waiting: number;
  last: Promise<unknown>;
}

/**
 * Changes of a case take turns. What was checked of it, its entity tag and its state, must still be so when the change is written: else
 * two people who saw the same case would both be told that they moved it.
 */
export class Turns {
  readonly #queues = new Map<string, Queue>();

  /**
   * Makes a change of these cases once all that was asked of them before is done, in whatever way it ended.
   * @throws ProblemError 503 when too much waits for one of them
   */
  take<T>(alert_ids: readonly string[], change: () => Promise<T>): Promise<T> {
    // In one order for all: two changes of the same cases never wait for each other.
    const [first, ...rest] = [...new Set(alert_ids)].sort();
    if (first === undefined) return change();
    return this.#takeOne(first, () => this.take(rest, change));
  }

  async #takeOne<T>(alert_id: string, change: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(alert_id) ?? { waiting: 0, last: Promise.resolve() };
    if (queue.waiting >= WAITING_MAX)
      throw new ProblemError(
        503,
        { detail: 'too many changes of this case are under way' },
        { 'retry-after': RETRY_AFTER_S },
      );
    this.#queues.set(alert_id, queue);
    queue.waiting += 1;
    const mine = queue.last.then(change);
    queue.last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      queue.waiting -= 1;
      if (queue.waiting === 0) this.#queues.delete(alert_id);
    }
  }
}
