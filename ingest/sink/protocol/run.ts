import type { Delivery } from './ports.ts';

/**
 * Deliveries of consecutive offsets, in order. An array of deliveries is one; the product keeps them as packed lines,
 * since millions of small objects in waiting would cost more than all other work.
 */
export interface Run<R extends Run<R>> {
  readonly length: number;
  at(index: number): Delivery | undefined;
  slice(begin: number, end?: number): R;
}

/** A run that still grows. */
export interface GrowingRun<R extends Run<R>> extends Run<R> {
  /** What it holds of memory. */
  readonly bytes: number;
  push(delivery: Delivery): void;
}
