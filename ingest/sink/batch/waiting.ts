import type { Delivery } from '../protocol/ports.ts';
import { WAITING_BYTES_MAX, WAITING_ROWS_MAX } from './bounds.ts';

/** What all partitions of the process hold in memory together; counted until it is stored. */
export class Waiting {
  #rows = 0;
  #bytes = 0;

  get full(): boolean {
    return this.#rows >= WAITING_ROWS_MAX || this.#bytes >= WAITING_BYTES_MAX;
  }

  add(rows: number, bytes: number): void {
    this.#rows += rows;
    this.#bytes += bytes;
  }

  remove(rows: number, bytes: number): void {
    this.add(-rows, -bytes);
  }
}

/** Bytes that a delivery counts for. */
export function bytesOf(delivery: Delivery): number {
  return (delivery.value?.length ?? 0) + (delivery.key?.length ?? 0);
}
