/** Of so many seconds' worth of events a key may make use at once after a pause. */
export const BURST_S = 10;

interface Bucket {
  tokens: number;
  updated_ms: number;
}

/**
 * A token bucket for each key: `events_per_s` tokens come in a second, up to `BURST_S` seconds' worth. A request is let in
 * while its key has a token and is charged afterwards by the events in it, if need be into debt: its size is known only
 * when it was read, and a large batch must pass at a low rate too. There are as many buckets as keys that are in use.
 */
export class RateLimit {
  readonly #events_per_s: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `events_per_s` 0 means no limit; `now` gives milliseconds. */
  constructor(events_per_s: number, now: () => number) {
    this.#events_per_s = events_per_s;
    this.#now = now;
  }

  /** Seconds until the key may post again; 0 when it may now. */
  wait_s(key: string): number {
    if (this.#events_per_s === 0) return 0;
    const { tokens } = this.#refill(key);
    return tokens > 0 ? 0 : (1 - tokens) / this.#events_per_s;
  }

  charge(key: string, events: number): void {
    if (this.#events_per_s > 0) this.#refill(key).tokens -= events;
  }

  #refill(key: string): Bucket {
    const now = this.#now();
    const full = this.#events_per_s * BURST_S;
    const bucket = this.#buckets.get(key) ?? { tokens: full, updated_ms: now };
    bucket.tokens = Math.min(full, bucket.tokens + ((now - bucket.updated_ms) / 1000) * this.#events_per_s);
    bucket.updated_ms = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
