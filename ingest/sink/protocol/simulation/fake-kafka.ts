import { FencedError, type DeadLetter, type Delivery, type PartitionLog } from '../ports.ts';
import { request, type Owner, type Weather } from './network.ts';
import type { Scheduler } from './scheduler.ts';

/** One partition of a topic and its consumer group of one member at a time. */
export class FakeKafka {
  generation = 0;
  committed: { offset: number | null; metadata: string } = { offset: null, metadata: '' };
  readonly messages: readonly Delivery[];
  readonly letters: DeadLetter[] = [];

  constructor(messages: readonly Delivery[]) {
    this.messages = messages;
  }

  /** The log as one owner sees it. */
  logOf(scheduler: Scheduler, owner: Owner, weather: () => Weather): PartitionLog {
    const ask = <T>(serve: () => T): Promise<T> =>
      request<T>(scheduler, owner, weather(), (answer) => {
        try {
          answer({ value: serve() });
        } catch (error) {
          answer({ error: error instanceof Error ? error : new Error(String(error)) });
        }
      });
    // One connection to the coordinator, which answers in order: a late commit never overwrites one sent after it.
    let sent = 0;
    let served = 0;
    return {
      commit: (offset, metadata) => {
        if (owner.closed) return Promise.reject(new FencedError('closed'));
        sent += 1;
        const order = sent;
        return ask(() => {
          if (order < served) throw new Error('connection closed');
          served = order;
          if (owner.generation !== this.generation) throw new FencedError('stale generation');
          this.committed = { offset, metadata };
        });
      },
      committed: () => ask(() => this.committed),
      bounds: () => ask(() => ({ start: 0, end: this.messages.length })),
      publishDeadLetter: (letter) =>
        ask(() => {
          this.letters.push(letter);
        }),
    };
  }
}
