/** Ages in milliseconds; `max` is the oldest. Null when there was none. */
export interface Ages {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** Older ones count as of this age: it is far beyond any target. */
const AGE_MS_MAX = 120_000;

/** Counts whole milliseconds, so that millions of ages take a fixed room and their quantiles are exact to one. */
export class AgeHistogram {
  readonly #counts = new Uint32Array(AGE_MS_MAX + 1);
  #total = 0;

  /** Clocks of one machine: an age below 0 is its rounding. */
  add(age_ms: number): void {
    const at = Math.min(Math.max(Math.round(age_ms), 0), AGE_MS_MAX);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** Quantiles by the nearest rank. */
  ages(): Ages {
    return { p50: this.#at(0.5), p99: this.#at(0.99), max: this.#at(1) };
  }

  #at(share: number): number | null {
    if (this.#total === 0) return null;
    const rank = Math.ceil(this.#total * share);
    let seen = 0;
    for (const [age_ms, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= rank) return age_ms;
    }
    return null;
  }
}
