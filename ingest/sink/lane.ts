import { setTimeout as delay } from 'node:timers/promises';
import { Backlog } from './batch/backlog.ts';
import { lineCodec } from './batch/line-codec.ts';
import { BATCH_ROWS_MAX, INSERTS_MAX, LARGE_BLOCK_BYTES, SHARED_BLOCK_BYTES_MAX } from './batch/bounds.ts';
import { LinePlace, LineRun } from './batch/line-run.ts';
import { ALONG_SHARE, pace_ms } from './batch/pace.ts';
import type { Seat, SharedInserts } from './batch/shared-inserts.ts';
import { Turns } from './batch/turns.ts';
import { Waiting } from './batch/waiting.ts';
import type { Epoch } from './epoch.ts';
import { settle } from './protocol/deliver-block.ts';
import { deliverBatch, settleIdle } from './protocol/deliver-batch.ts';
import type { Intent } from './protocol/intent.ts';
import type { Partition, PartitionEvent } from './protocol/partition.ts';
import { BrokenLedgerError, FencedError, type Clock } from './protocol/ports.ts';
import { takeOver } from './protocol/take-over.ts';

/** What cannot be settled at once, for want of a fetch in this epoch or for a gap, is tried so often. */
const SETTLE_AFTER_MS = 250;
/** A commit takes a few milliseconds: a batch that leaves sooner than this tells Kafka itself. */
const SETTLING_MS = 15;
/** Behind by more than a batch, a partition waits until one is full; so often it looks whether memory is, before that. */
const CATCH_UP_LOOK_MS = 50;
/** A topic counts as busy for so long after its last batch. */
const BUSY_MS = 1_000;

/** What the lanes of one process share: memory, inserts in flight, pace. */
export class Traffic {
  readonly waiting = new Waiting();
  readonly turns = new Turns(INSERTS_MAX);
  readonly #busy = new Map<string, number>();

  /** Notes that a partition of a topic has just sent a batch. */
  sent(topic: string): void {
    this.#busy.set(topic, Date.now());
  }

  get pace_ms(): number {
    const since = Date.now() - BUSY_MS;
    for (const [topic, at] of this.#busy) if (at < since) this.#busy.delete(topic);
    return pace_ms(Math.max(1, this.#busy.size));
  }
}

/** A message as the consumer fetched it. */
export interface Fetched {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** What a lane needs of the consumer. */
export interface LaneFeed {
  /** Fetch from this offset on. */
  start(offset: number): void;
  /** Fetch once more what was last stored, and give nothing of it to the lane: only what is fetched brings the means to commit. */
  fetchStored(): void;
  /** Room has become free. */
  drained(): void;
}

/**
 * One partition in one epoch: takes it over, then turns what is fed into batches, one after another, each delivered by
 * the protocol before the next is taken. Ends quietly when the epoch does.
 */
export class Lane {
  readonly partition: Partition;
  readonly #place: LinePlace;
  readonly #traffic: Traffic;
  readonly #shared: SharedInserts;
  readonly #epoch: Epoch;
  readonly #feed: LaneFeed;
  #backlog: Backlog<LineRun>;
  /** The offset that must be fed next; null before the takeover is done and after the end. */
  #expected: number | null = null;
  /** Where fetching began. */
  #from = 0;
  /** The block that a former owner left open. */
  #open: Intent | null = null;
  #stopping = false;
  #sent_ms = 0;
  #wake: (() => void) | null = null;
  #turnsHeld = 0;
  /** What a batch that is under way holds, while it waits for its turn again. */
  #turnsNeeded = 1;
  /** Of a batch that shares its insert, while it counts for the turn of that. */
  #seat: Seat | null = null;
  /** Whether an insert of the batch under way was left without a clear answer. */
  #unclear = false;
  /** Messages that Kafka had beyond what was fetched last. */
  #behind = 0;

  constructor(options: {
    readonly partition: Omit<Partition, 'clock' | 'next' | 'unsettled' | 'server_s'>;
    readonly traffic: Traffic;
    /** Those of its topic. */
    readonly shared: SharedInserts;
    readonly epoch: Epoch;
    readonly feed: LaneFeed;
  }) {
    const tell = (event: PartitionEvent): void => {
      if (event.kind === 'unclear_answer') this.#unclear = true;
      options.partition.tell(event);
    };
    this.partition = {
      ...options.partition,
      tell,
      clock: this.#clock(),
      next: 0,
      unsettled: false,
      server_s: null,
    };
    const { topic, partition } = options.partition.name;
    this.#place = new LinePlace(topic, partition);
    this.#backlog = this.#newBacklog(null);
    this.#traffic = options.traffic;
    this.#shared = options.shared;
    this.#epoch = options.epoch;
    this.#feed = options.feed;
    options.epoch.signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  /** The offset to fetch from; null before the takeover is done and after the end. */
  get expected(): number | null {
    return this.#expected;
  }

  /** Up to where Kafka has nothing more to give: all below is accounted for, or was deleted before it was read. */
  get position(): number {
    return Math.max(this.partition.next, this.#from);
  }

  /** Whether nothing more may be fed now. An open block must be able to come in whole, or it would wait for ever. */
  isFull(): boolean {
    return this.#backlog.full || (this.#traffic.waiting.full && this.#open === null);
  }

  /**
   * Adds what was fetched, copying its bytes; what is stored already is left out when it was asked for again. `behind` is
   * how much more Kafka has. @throws BrokenLedgerError when Kafka goes back behind what it has already given.
   */
  feed(messages: readonly Fetched[], again: boolean, behind: number): void {
    const expected = this.#expected;
    let rows = 0;
    let bytes = 0;
    for (const message of messages) {
      const offset = Number(message.offset);
      if (again && expected !== null && offset < expected) continue;
      if (this.#expected === null || offset < this.#expected) {
        const { topic, partition } = this.partition.name;
        throw new BrokenLedgerError(
          `${topic}/${partition}: Kafka gave offset ${offset} where ${String(this.#expected)} was to come`,
        );
      }
      this.#expected = offset + 1;
      bytes += this.#backlog.push({ offset, key: message.key, value: message.value });
      rows += 1;
    }
    this.#behind = behind;
    this.#traffic.waiting.add(rows, bytes);
    this.#wake?.();
  }

  /** Finishes the batch in flight, tells Kafka, and ends; what still waits is fetched again by the next owner. */
  stop(): void {
    this.#stopping = true;
    this.#wake?.();
  }

  /** Runs until the epoch ends or `stop`. @throws what the protocol throws, but not FencedError. */
  async run(): Promise<void> {
    const unwatch = this.#shared.watch(() => {
      // Without rows it sleeps until it settles, and is not to be kept from it.
      if (this.#backlog.rows > 0) this.#wake?.();
    });
    try {
      const { open, from } = await takeOver(this.partition);
      this.#open = open;
      this.#backlog = this.#newBacklog(open);
      this.#from = from;
      this.#expected = from;
      this.#feed.start(from);
      while (await this.#batchIsDue()) {
        const batch = this.#backlog.take();
        if (batch !== null) await this.#deliver(batch);
      }
      // Unarmed, the intent stays: the next owner finds its block stored, as this one did. An open one stays in any case.
      if (this.#epoch.isArmed && this.#open === null) await settle(this.partition);
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
    } finally {
      unwatch();
      this.#expected = null;
      const { rows, bytes } = this.#backlog.clear();
      this.#traffic.waiting.remove(rows, bytes);
      this.#feed.drained();
    }
  }

  async #deliver(batch: LineRun): Promise<void> {
    const { length, bytes } = batch;
    this.#turnsNeeded = bytes >= LARGE_BLOCK_BYTES ? 2 : 1;
    const { topic, partition } = this.partition.name;
    const mayShare = this.#open === null && bytes < SHARED_BLOCK_BYTES_MAX;
    const seat = mayShare ? await this.#shared.board(partition, length, bytes) : null;
    if (seat === null) await this.#takeTurn();
    this.#seat = seat;
    try {
      if (this.#epoch.isClosed()) throw new FencedError('the assignment is over');
      this.#sent_ms = Date.now();
      this.#traffic.sent(topic);
      this.#unclear = false;
      this.#open = await deliverBatch(this.partition, lineCodec, batch, this.#open, seat?.name);
      // A request without an answer may still be reading these bytes; and who has caught up needs no more so much room.
      if (this.#isDoneWith() && this.#behind > BATCH_ROWS_MAX) this.#backlog.recycle(batch);
    } finally {
      this.#giveTurn();
      seat?.leave();
      this.#traffic.waiting.remove(length, bytes);
      this.#feed.drained();
    }
  }

  /** Every insert of the batch was answered: no request holds its bytes any more. */
  #isDoneWith(): boolean {
    return !this.#unclear;
  }

  #newBacklog(open: Intent | null): Backlog<LineRun> {
    return new Backlog((spare) => LineRun.empty(this.#place, spare), open);
  }

  /** Waits until a batch should leave: true; or until the lane is to stop: false. */
  async #batchIsDue(): Promise<boolean> {
    for (;;) {
      if (this.#epoch.isClosed()) throw new FencedError('the assignment is over');
      if (this.#stopping) return false;
      if (this.#maySettle) {
        await settle(this.partition);
        continue;
      }
      if (this.#backlog.rows === 0) {
        const isSettled = !this.partition.unsettled && this.#gapEnd === null;
        const woken = await this.#sleepUntilWoken(isSettled ? null : SETTLE_AFTER_MS);
        if (!woken) await this.#settleIdle();
        continue;
      }
      if (this.#open !== null) {
        // A ClickHouse that was put back to an earlier copy lacks more before the open block than may wait at once.
        if (this.#backlog.reaches(this.#open.last) || this.#backlog.hasBatchBeforeOpen) return true;
        await this.#sleepUntilWoken(null);
        continue;
      }
      if (this.#backlog.hasFullBatch || this.#traffic.waiting.full) return true;
      const pace_ms = this.#traffic.pace_ms * (this.#shared.isBoarding ? ALONG_SHARE : 1);
      const wait_ms = this.#behind > BATCH_ROWS_MAX ? CATCH_UP_LOOK_MS : this.#sent_ms + pace_ms - Date.now();
      if (wait_ms <= 0) return true;
      await this.#sleepUntilWoken(wait_ms);
    }
  }

  /**
   * Whether Kafka should be told now how far the partition has come: at once, when nothing waits that could leave, for what
   * is settled is what the figures take in. Under load the next intent says so.
   */
  get #maySettle(): boolean {
    if (!this.partition.unsettled || !this.#epoch.isArmed || this.#open !== null) return false;
    const { hasFullBatch, rows } = this.#backlog;
    const due_ms = this.#sent_ms + this.#traffic.pace_ms;
    return (
      !hasFullBatch && this.#behind <= BATCH_ROWS_MAX && (rows === 0 || due_ms - Date.now() > SETTLING_MS)
    );
  }

  /**
   * Tells Kafka how far an idle partition has come. After a takeover of a partition that was read to its end nothing is
   * fetched, and without a fetch there is no commit: then the last message is asked for again.
   */
  async #settleIdle(): Promise<void> {
    const gapEnd = this.#gapEnd;
    if (this.#epoch.isArmed) {
      this.#open = await settleIdle(this.partition, gapEnd ?? this.partition.next, this.#open);
    } else if (gapEnd === null) {
      this.#feed.fetchStored();
    }
  }

  /** Where Kafka goes on, when it has deleted what was to come next and nothing has come since; else null. */
  get #gapEnd(): number | null {
    const isAtGap =
      this.#backlog.rows === 0 && this.#expected !== null && this.#expected > this.partition.next;
    return isAtGap ? this.#expected : null;
  }

  /** True when something happened, false when the time is over. */
  async #sleepUntilWoken(ms: number | null): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const woken = await new Promise<boolean>((resolve) => {
      this.#wake = () => {
        resolve(true);
      };
      if (ms !== null) timer = setTimeout(resolve, ms, false);
    });
    clearTimeout(timer);
    this.#wake = null;
    return woken;
  }

  /** The machine's clock. Whoever sleeps inside a turn leaves it to another partition meanwhile. */
  #clock(): Clock {
    return {
      now_ms: () => Date.now(),
      sleep: async (ms) => {
        const held = this.#turnsHeld > 0 || this.#seat !== null;
        if (held) this.#giveTurn();
        try {
          await delay(ms, undefined, { signal: this.#epoch.signal });
        } catch (cause) {
          throw new FencedError('the assignment is over', { cause });
        }
        if (held) await this.#takeTurn();
      },
    };
  }

  async #takeTurn(): Promise<void> {
    await this.#traffic.turns.take(this.#turnsNeeded);
    this.#turnsHeld = this.#turnsNeeded;
  }

  #giveTurn(): void {
    this.#seat?.release();
    this.#seat = null;
    if (this.#turnsHeld === 0) return;
    this.#traffic.turns.give(this.#turnsHeld);
    this.#turnsHeld = 0;
  }
}
