/**
 * What is still to happen, earliest first; things due at the same time happen in the order in which they were planned.
 * A binary heap: `plan` and `next` are O(log n). It holds only what the simulated channel has under way.
 */
export class EventQueue {
  readonly #heap: Planned[] = [];
  #planned = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Time of the earliest thing, ms, or Infinity. */
  get due_ms(): number {
    return this.#heap[0]?.time_ms ?? Infinity;
  }

  /** Plans something for a time, rounded to the millisecond that events are told in. */
  plan(time_ms: number, happen: () => void): void {
    this.#heap.push({ time_ms: Math.round(time_ms), order: this.#planned++, happen });
    this.#rise(this.#heap.length - 1);
  }

  /** Removes and returns the earliest. */
  next(): Planned | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first !== undefined && last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(at: number): void {
    let i = at;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#swapIfEarlier(i, parent)) return;
      i = parent;
    }
  }

  #sink(at: number): void {
    let i = at;
    for (;;) {
      const left = 2 * i + 1;
      const right = left + 1;
      const child = this.#earlier(right, left) ? right : left;
      if (!this.#swapIfEarlier(child, i)) return;
      i = child;
    }
  }

  #earlier(i: number, j: number): boolean {
    const a = this.#heap[i];
    const b = this.#heap[j];
    if (a === undefined || b === undefined) return false;
    return a.time_ms < b.time_ms || (a.time_ms === b.time_ms && a.order < b.order);
  }

  #swapIfEarlier(lower: number, upper: number): boolean {
    const a = this.#heap[lower];
    const b = this.#heap[upper];
    if (a === undefined || b === undefined || !this.#earlier(lower, upper)) return false;
    this.#heap[lower] = b;
    this.#heap[upper] = a;
    return true;
  }
}

export interface Planned {
  readonly time_ms: number;
  readonly order: number;
  readonly happen: () => void;
}
