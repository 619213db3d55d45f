import { setMaxListeners } from 'node:events';
import type { EachBatchPayload } from '../kafka.ts';
import { FencedError } from './protocol/ports.ts';

type Commit = EachBatchPayload['commitOffsetsIfNecessary'];

/** The broker's words for "you are not, or no longer, the member that may commit". */
const FENCING_TYPES = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
]);

/**
 * One generation of the consumer group, as this member lives it: from the end of a join to the beginning of the next.
 *
 * Its commit is the fence of the protocol, so it must never happen under another generation than its own. kafkajs'
 * `consumer.commitOffsets` cannot be that: it silently does nothing while the consumer is stopped, and repeats a failed
 * commit after a rejoin, under the new generation, for a partition that may be another member's by then. The function
 * that `eachBatch` is given takes the generation at the call and neither repeats nor swallows; and an epoch is closed
 * before a join begins, so that at the call the generation is this epoch's.
 */
export class Epoch {
  readonly #closing = new AbortController();
  #commit: Commit | undefined;

  constructor() {
    // Every lane of the epoch listens, and every one that sleeps: no leak to be warned of.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Aborted when the epoch ends. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  close(): void {
    this.#closing.abort();
  }

  /** Called with each payload of this epoch: kafkajs hands out the means to commit only there. */
  arm(commit: Commit): void {
    if (!this.isClosed()) this.#commit = commit;
  }

  /** Whether something was fetched in this epoch, so that it can commit. */
  get isArmed(): boolean {
    return this.#commit !== undefined;
  }

  /** @throws FencedError when this epoch is over, here or for the broker; anything else is unclear. */
  async commit(topic: string, partition: number, offset: number, metadata: string): Promise<void> {
    if (this.isClosed()) throw new FencedError('the assignment is over');
    if (this.#commit === undefined) throw new Error('nothing was fetched yet in this generation');
    const offsets = { topics: [{ topic, partitions: [{ partition, offset: String(offset), metadata }] }] };
    try {
      await this.#commit(offsets);
    } catch (error) {
      throw isFencing(error) ? new FencedError('the broker refused the commit', { cause: error }) : error;
    }
  }
}

function isFencing(error: unknown): boolean {
  return error instanceof Error && 'type' in error && FENCING_TYPES.has(String(error.type));
}
