import type { DeadLetterReason } from '../../../models/contract/dead-letters.ts';

/**
 * What the exactly-once protocol asks of the world, for ONE partition of one topic: three small ports. The product
 * gives them kafkajs, ClickHouse and the machine's clock; a simulation gives them fakes that tear, delay, repeat and lie.
 */

/** One message as Kafka delivered it. */
export interface Delivery {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** Deliveries with consecutive offsets, ready to be inserted as one block. */
export interface Block {
  readonly first: number;
  readonly last: number;
  /** Number of rows; always last − first + 1. */
  readonly n: number;
  /** The sink's clock when the batch was made, ms: the same in every row, and again in every repeat of the insert. */
  readonly ingested_at_ms: number;
  /** Digest of `lines`: a repeat after a restart must be of the same bytes. */
  readonly hash: string;
  /** JSON lines. */
  readonly lines: Buffer;
}

/** Why a delivery cannot be stored. */
export interface Reason {
  /** A label of metrics, and what the board shows. */
  readonly code: DeadLetterReason;
  /** In words. */
  readonly detail: string;
}

export interface DeadLetter {
  readonly delivery: Delivery;
  readonly reason: Reason;
  readonly dead_at_ms: number;
}

export interface RangeCount {
  readonly rows: number;
  /** Different offsets among them. */
  readonly offsets: number;
}

/** How far a partition has come in ClickHouse; null where there is nothing yet. */
export interface MaxOffsets {
  /** Since when the server that answers has been running, s since 1970; a second more or less. */
  readonly server_s: number;
  /** The highest offset of a row. */
  readonly stored: number | null;
  /** The highest offset of a row or a dead letter. */
  readonly accounted: number | null;
}

/** The partition's side of Kafka. */
export interface PartitionLog {
  /**
   * Commits an offset with metadata under the generation in which the partition was assigned: the fence.
   * @throws FencedError when the assignment is over; any other error means that it is unknown whether it took place.
   */
  commit(offset: number, metadata: string): Promise<void>;
  /** What the group last committed; `offset` is null when it never did. */
  committed(): Promise<{ readonly offset: number | null; readonly metadata: string }>;
  /** First offset that the broker still has, and the next one that it will give. */
  bounds(): Promise<{ readonly start: number; readonly end: number }>;
  /** Publishes the original bytes, acknowledged by all replicas. May leave a second copy when repeated. */
  publishDeadLetter(letter: DeadLetter): Promise<void>;
}

/** The partition's side of ClickHouse. */
export interface Ledger {
  /**
   * Inserts a block. Resolving means "acknowledged", which a repeated token also is without a row being written.
   * @throws RefusedError when ClickHouse answered that the data are wrong; ApartError when the insert of that name has left
   *   without the block, or was refused for all blocks in it; BrokenLedgerError when rows before it are gone; any other error is unclear.
   */
  insert(block: Block, token: string, query_id: string): Promise<void>;
  /** Ends a query and resolves when it no longer runs, also when there was none. */
  kill(query_id: string): Promise<void>;
  /** Rows of the ledger in a range. Dead letters are none: a former owner's may come late, and must not mix in. */
  count(first: number, last: number): Promise<RangeCount>;
  maxOffsets(): Promise<MaxOffsets>;
  /** The first offset of what may have been written less than RECENT_MS before `stored` was. At least `least`. */
  recentFrom(stored: number, least: number): Promise<number>;
  /** Repeats what the ledger's materialized view does, for a range. Idempotent. */
  rederive(first: number, last: number): Promise<void>;
  /** Writes the row that accounts for the dead delivery's offset. Idempotent. */
  setAside(letter: DeadLetter): Promise<void>;
  isSetAside(offset: number): Promise<boolean>;
  /** Records that Kafka no longer has these offsets and that they were never stored. Idempotent. */
  declareLoss(first: number, last: number): Promise<void>;
}

export interface Clock {
  now_ms(): number;
  /** @throws FencedError at once when the assignment ends, or ended before. */
  sleep(ms: number): Promise<void>;
}

/** The assignment is over: whoever holds the partition now goes on. Nothing may be written any more. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/**
 * What a power cut takes was written less long before it: a page waits some 30 s for the disk. (Twice cut, with more than this between
 * the last row and the takeover in between, copies made at that takeover can be missed: the audit finds them.)
 */
export const RECENT_MS = 60_000;

/** ClickHouse answered that it cannot store these data. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly reason: Reason;
  /** Row of the block (from 1) that ClickHouse named. Only a hint where to cut: nothing is decided by it. */
  readonly row_hint: number | null;
  constructor(reason: Reason, row_hint: number | null) {
    super(reason.detail);
    this.reason = reason;
    this.row_hint = row_hint;
  }
}

/** Of a block that was to share an insert no row is stored, and none is on its way: it must go by itself. */
export class ApartError extends Error {
  override readonly name = 'ApartError';
}

/** Kafka and ClickHouse contradict each other in a way that going on would hide: the process must end and page. */
export class BrokenLedgerError extends Error {
  override readonly name = 'BrokenLedgerError';
}

/** A step failed for so long that waiting has lost its sense: the process must end and page. */
export class PatienceError extends Error {
  override readonly name = 'PatienceError';
}
