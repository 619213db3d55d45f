import type { Intent } from '../protocol/intent.ts';
import type { Delivery } from '../protocol/ports.ts';
import { BATCH_BYTES_MAX, BATCH_ROWS_MAX, LANE_BYTES_MAX, LANE_ROWS_MAX } from './bounds.ts';
import type { GrowingRun } from '../protocol/run.ts';
import { bytesOf } from './waiting.ts';

/**
 * Deliveries of one partition that wait for their batch, in the order of their offsets, already cut into batches:
 * consecutive offsets within the bounds of a batch. With an open intent, what comes before its range is a batch of its
 * own, and its range exactly one batch, whatever its size.
 */
export class Backlog<R extends GrowingRun<R>> {
  readonly #make: (spare: R | null) => R;
  readonly #open: Intent | null;
  #sealed: R[] = [];
  #growing: R | null = null;
  /** One that was done with: the next is made in its memory. */
  #spare: R | null = null;
  #last = -1;
  #rows = 0;
  #bytes = 0;

  constructor(make: (spare: R | null) => R, open: Intent | null) {
    this.#make = make;
    this.#open = open;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Of memory: a little more than the values' own. */
  get bytes(): number {
    return this.#bytes;
  }

  get full(): boolean {
    return this.#rows >= LANE_ROWS_MAX || this.#bytes >= LANE_BYTES_MAX;
  }

  /** Whether a batch taken now could not grow by waiting. */
  get hasFullBatch(): boolean {
    return this.#sealed.length > 0 || (this.#growing !== null && isFull(this.#growing, 0));
  }

  /** Offsets must grow. Returns the memory that it takes. */
  push(delivery: Delivery): number {
    const { offset } = delivery;
    if (this.#growing !== null && this.#endsBefore(this.#growing, delivery)) this.#seal(this.#growing);
    if (this.#growing === null) {
      this.#growing = this.#make(this.#spare);
      this.#spare = null;
    }
    const before = this.#growing.bytes;
    this.#growing.push(delivery);
    const bytes = this.#growing.bytes - before;
    this.#last = offset;
    this.#rows += 1;
    this.#bytes += bytes;
    return bytes;
  }

  /** Whether a batch waits that ends before the open range: it does not wait for that. */
  get hasBatchBeforeOpen(): boolean {
    const last = this.#sealed[0]?.at(-1)?.offset;
    return this.#open !== null && last !== undefined && last < this.#open.first;
  }

  /** Whether everything up to this offset has come, or something beyond it. */
  reaches(offset: number): boolean {
    return this.#last >= offset;
  }

  /** The next batch, or null when nothing waits. */
  take(): R | null {
    const run = this.#sealed.shift() ?? this.#growing;
    if (run === this.#growing) this.#growing = null;
    if (run === null) return null;
    this.#rows -= run.length;
    this.#bytes -= run.bytes;
    return run;
  }

  /** Gives back a batch of which nothing is in use any more. */
  recycle(run: R): void {
    this.#spare = run;
  }

  clear(): { readonly rows: number; readonly bytes: number } {
    const held = { rows: this.#rows, bytes: this.#bytes };
    this.#sealed = [];
    this.#growing = null;
    this.#rows = 0;
    this.#bytes = 0;
    return held;
  }

  #endsBefore(growing: R, delivery: Delivery): boolean {
    const { offset } = delivery;
    if (offset !== this.#last + 1) return true;
    const open = this.#open;
    if (open !== null && (offset === open.first || offset === open.last + 1)) return true;
    const repeats = open !== null && offset > open.first && offset <= open.last;
    return !repeats && isFull(growing, bytesOf(delivery));
  }

  #seal(growing: R): void {
    this.#sealed.push(growing);
    this.#growing = null;
  }
}

function isFull<R extends GrowingRun<R>>(run: R, more_bytes: number): boolean {
  return run.length >= BATCH_ROWS_MAX || run.bytes + more_bytes >= BATCH_BYTES_MAX;
}
