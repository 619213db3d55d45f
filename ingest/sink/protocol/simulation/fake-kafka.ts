import { BrokenLedgerError, FencedError, type Delivery, type PartitionLog } from '../ports.ts';
import type { Network, Owner } from './network.ts';

/** What is wrong with a message: nothing, something that is seen at once, something that only ClickHouse sees. */
export type Kind = 'sound' | 'unsound' | 'refused';

/** A message. `id` tells it from another one that took its offset after the log was truncated. */
export interface Message extends Delivery {
  readonly id: number;
  readonly kind: Kind;
}

interface Committed {
  readonly offset: number | null;
  readonly metadata: string;
}

/** One partition of a topic, and its consumer group of one member at a time. */
export class FakeKafka {
  generation = 0;
  /** The first offset that is still there: what is older has been deleted. */
  start = 0;
  /** What was deleted before the group's first commit: nobody was promised it. */
  unclaimed = 0;
  /** Nothing more is appended. */
  ended = false;
  /** By offset; nothing where a transaction left its mark. */
  readonly messages: (Message | undefined)[] = [];
  /** Offsets whose dead letters are on the topic. */
  readonly letters = new Set<number>();
  readonly #network: Network;
  /** The last one holds. */
  #commits: Committed[] = [{ offset: null, metadata: '' }];
  #incarnation = 0;
  /** Until then it shows an end that lies so far below the one it has: it still reads its log. */
  #recovering = { until_ms: 0, missing: 0 };
  readonly #onCommit: (offset: number) => void;

  constructor(network: Network, onCommit: (offset: number) => void) {
    this.#network = network;
    this.#onCommit = onCommit;
  }

  get end(): number {
    return this.messages.length;
  }

  get committed(): Committed {
    return this.#commits.at(-1) ?? { offset: null, metadata: '' };
  }

  get #shownEnd(): number {
    const { until_ms, missing } = this.#recovering;
    return this.#network.scheduler.now_ms < until_ms ? Math.max(this.start, this.end - missing) : this.end;
  }

  /** Retention: what is older than `start` is gone. */
  forget(start: number): void {
    this.start = Math.max(this.start, Math.min(start, this.end));
    if (this.#commits.length === 1) this.unclaimed = this.start;
  }

  /** Power cut without a sync to disk: connections end, and the last so many commits are undone. */
  cutPower(count: number): void {
    const { scheduler } = this.#network;
    this.#incarnation += 1;
    this.#recovering = { until_ms: scheduler.now_ms + 4_000, missing: scheduler.pick(0, 3) };
    this.#commits = this.#commits.slice(0, Math.max(1, this.#commits.length - count));
  }

  /** Messages from an offset on, or from the log's start. @throws BrokenLedgerError beyond its end, as the lane does. */
  fetch(from: number, count: number): Message[] {
    if (from > this.end) throw new BrokenLedgerError(`offset ${from} is out of range`);
    const found: Message[] = [];
    for (let offset = Math.max(from, this.start); found.length < count && offset < this.end; offset += 1) {
      const message = this.messages[offset];
      if (message !== undefined) found.push(message);
    }
    return found;
  }

  /** The log as one owner sees it. */
  logOf(owner: Owner): PartitionLog {
    const ask = <T>(what: () => string, serve: () => T): Promise<T> => {
      const sent = this.#incarnation;
      return this.#network.request<T>(
        owner,
        what,
        (answer) => {
          try {
            if (sent !== this.#incarnation) throw new Error('connection reset');
            if (this.#network.scheduler.now_ms < owner.cutOff_until_ms)
              throw new Error('coordinator unreachable');
            answer({ value: serve() });
          } catch (error) {
            answer({ error: error instanceof Error ? error : new Error(String(error)) });
          }
        },
        () => sent === this.#incarnation,
      );
    };
    // One connection to the coordinator, which answers in order: a late commit never overwrites one sent after it.
    let sent = 0;
    let served = 0;
    return {
      commit: (offset, metadata) => {
        if (owner.closed) return Promise.reject(new FencedError('closed'));
        const order = ++sent;
        return ask(
          () => `commit ${offset} ${metadata}`,
          () => {
            if (order < served) throw new Error('connection closed');
            served = order;
            if (owner.generation !== this.generation) throw new FencedError('stale generation');
            owner.heard_ms = this.#network.scheduler.now_ms;
            this.#commits.push({ offset, metadata });
            this.#onCommit(offset);
          },
        );
      },
      committed: () =>
        ask(
          () => 'committed',
          () => this.committed,
        ),
      bounds: () =>
        ask(
          () => 'bounds',
          () => ({ start: this.start, end: this.#shownEnd }),
        ),
      publishDeadLetter: (letter) =>
        ask(
          () => `publish dead letter ${letter.delivery.offset}`,
          () => void this.letters.add(letter.delivery.offset),
        ),
    };
  }
}
