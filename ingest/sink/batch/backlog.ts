import type { Intent } from '../protocol/intent.ts';
import type { Delivery } from '../protocol/ports.ts';
import { BATCH_BYTES_MAX, BATCH_ROWS_MAX, LANE_BYTES_MAX, LANE_ROWS_MAX } from './bounds.ts';
import { bytesOf } from './waiting.ts';

/** Deliveries of one partition that wait for their batch, in the order of their offsets. */
export class Backlog {
  #deliveries: Delivery[] = [];
  #bytes = 0;

  get rows(): number {
    return this.#deliveries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get full(): boolean {
    return this.rows >= LANE_ROWS_MAX || this.#bytes >= LANE_BYTES_MAX;
  }

  /** Whether a batch taken now could not grow by waiting. */
  get hasFullBatch(): boolean {
    return this.rows >= BATCH_ROWS_MAX || this.#bytes >= BATCH_BYTES_MAX;
  }

  push(delivery: Delivery): void {
    this.#deliveries.push(delivery);
    this.#bytes += bytesOf(delivery);
  }

  /** Whether everything up to this offset has come, or something beyond it. */
  reaches(offset: number): boolean {
    return (this.#deliveries.at(-1)?.offset ?? -1) >= offset;
  }

  /**
   * Takes the next batch: consecutive offsets within the bounds of a batch. With an open intent, what comes before its
   * range is a batch of its own, and its range exactly one batch, whatever its size.
   */
  take(open: Intent | null): Delivery[] {
    const first = this.#deliveries[0]?.offset;
    if (first === undefined) return [];
    const repeats = open !== null && first === open.first;
    const last_max = open === null || first > open.last ? Infinity : repeats ? open.last : open.first - 1;
    let bytes = 0;
    let rows = 0;
    for (const delivery of this.#deliveries) {
      if (delivery.offset !== first + rows || delivery.offset > last_max) break;
      const next = bytesOf(delivery);
      if (!repeats && rows > 0 && (rows >= BATCH_ROWS_MAX || bytes + next > BATCH_BYTES_MAX)) break;
      rows += 1;
      bytes += next;
    }
    this.#bytes -= bytes;
    return this.#deliveries.splice(0, rows);
  }

  clear(): { readonly rows: number; readonly bytes: number } {
    const held = { rows: this.rows, bytes: this.#bytes };
    this.#deliveries = [];
    this.#bytes = 0;
    return held;
  }
}
