import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

interface Event {
  readonly at_ms: number;
  readonly order: number;
  readonly run: () => void;
}

/** A virtual clock: what happens next is fixed by the seed alone. */
export class Scheduler {
  now_ms = 0;
  #order = 0;
  /** A binary heap, the earliest first; what is of one time runs in the order in which it was planned. */
  readonly #heap: Event[] = [];
  readonly #generator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** A whole number from `min` to `max`, both included. */
  pick(min: number, max: number): number {
    return uniformInt(this.#generator, min, max);
  }

  /** True in so many of a thousand cases. */
  chance(per_mille: number): boolean {
    return this.pick(0, 999) < per_mille;
  }

  after(ms: number, run: () => void): void {
    this.#push({ at_ms: this.now_ms + ms, order: this.#order++, run });
  }

  /** Runs until nothing is planned, `done` says so, or the virtual time is over; false when it was over. */
  async run(until_ms: number, done: () => boolean): Promise<boolean> {
    while (!done()) {
      await drained();
      if (done()) return true;
      const event = this.#pop();
      if (event === undefined) return true;
      if (event.at_ms > until_ms) return false;
      this.now_ms = event.at_ms;
      event.run();
    }
    return true;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(event, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const moved = heap.pop();
    if (top === undefined || moved === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      const smaller = right !== undefined && isBefore(right, left) ? ((child += 1), right) : left;
      if (!isBefore(smaller, moved)) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = moved;
    return top;
  }
}

/** Resolves when whatever was woken has run up to its next wait: Node takes a tick only when no microtask is left. */
function drained(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

function isBefore(a: Event, b: Event): boolean {
  return a.at_ms < b.at_ms || (a.at_ms === b.at_ms && a.order < b.order);
}
