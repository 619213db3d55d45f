import type { PartitionName } from './intent.ts';
import {
  BrokenLedgerError,
  FencedError,
  PatienceError,
  type Clock,
  type Ledger,
  type PartitionLog,
} from './ports.ts';

/** What happened, for logs and metrics; the protocol decides nothing by it. */
export type PartitionEvent =
  | { readonly kind: 'trouble'; readonly step: string; readonly error: unknown; readonly since_ms: number }
  | { readonly kind: 'over'; readonly step: string; readonly after_ms: number }
  | {
      readonly kind: 'unclear_answer';
      readonly error: unknown;
      readonly first: number;
      readonly last: number;
    }
  | { readonly kind: 'orphan_token'; readonly token: string }
  | { readonly kind: 'refused'; readonly first: number; readonly last: number; readonly code: string }
  | { readonly kind: 'dead_letter'; readonly offset: number; readonly code: string; readonly detail: string }
  | {
      readonly kind: 'takeover';
      readonly position: number;
      readonly open: boolean;
      readonly found: 'settled' | 'stored' | 'absent';
    }
  | { readonly kind: 'loss'; readonly first: number; readonly last: number }
  | { readonly kind: 'gap'; readonly first: number; readonly last: number }
  | { readonly kind: 'stored'; readonly rows: number; readonly bytes: number; readonly insert_ms: number };

/** One partition in the hands of one owner: its ports, and how far it has come. */
export interface Partition {
  readonly name: PartitionName;
  readonly log: PartitionLog;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly tell: (event: PartitionEvent) => void;
  /** The next offset to be stored: everything below it is accounted for in ClickHouse. */
  next: number;
  /** Whether Kafka's committed offset lies behind `next` or still carries an intent. */
  unsettled: boolean;
  /** The start of the ClickHouse server under which the copies of all below `next` were found or made whole; null before. */
  server_s: number | null;
}

/** How long one step is tried again before the process ends. Long enough for a restart of ClickHouse or Kafka by hand. */
const PATIENCE_MS = 600_000;
const BACKOFF_FIRST_MS = 50;
const BACKOFF_SHORT_MS = 250;
const BACKOFF_SHORT_TRIES = 120;
const BACKOFF_LONG_MS = 1_000;

/** Pause before try number `attempt` + 1: for half a minute short enough that a server that is back is seen at once. */
export function backoff_ms(attempt: number): number {
  const max_ms = attempt < BACKOFF_SHORT_TRIES ? BACKOFF_SHORT_MS : BACKOFF_LONG_MS;
  return Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 10), max_ms);
}

/**
 * Repeats an idempotent step until it succeeds.
 * @throws FencedError when the assignment ends; BrokenLedgerError as it comes; PatienceError after PATIENCE_MS.
 */
export async function persist<T>(partition: Partition, step: string, run: () => Promise<T>): Promise<T> {
  const began_ms = partition.clock.now_ms();
  for (let attempt = 0; ; attempt += 1) {
    try {
      const result = await run();
      if (attempt > 0) partition.tell({ kind: 'over', step, after_ms: partition.clock.now_ms() - began_ms });
      return result;
    } catch (error) {
      if (error instanceof FencedError || error instanceof BrokenLedgerError) throw error;
      await loseTime(partition, step, error, began_ms, attempt);
    }
  }
}

/** Tells the trouble, then waits before the next try. Throws PatienceError when it has lasted too long. */
export async function loseTime(
  partition: Partition,
  step: string,
  error: unknown,
  began_ms: number,
  attempt: number,
): Promise<void> {
  const since_ms = partition.clock.now_ms() - began_ms;
  partition.tell({ kind: 'trouble', step, error, since_ms });
  if (since_ms > PATIENCE_MS) {
    throw new PatienceError(`${step} failed for ${Math.round(since_ms / 1000)} s`, { cause: error });
  }
  await partition.clock.sleep(backoff_ms(attempt));
}
