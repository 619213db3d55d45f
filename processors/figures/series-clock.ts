/** While history is being loaded the sparkline is computed anew so often at most. */
const CATCH_UP_EVERY_MS = 10_000;

/**
 * When the sparkline is computed anew: as often as told by the clock, at once when as much event time has come in, and at once when
 * the clock was put back.
 */
export class SeriesClock {
  readonly #every_ms: number;
  #computed_ms = -Infinity;
  #watermark_ms = -Infinity;

  constructor(every_ms: number) {
    this.#every_ms = every_ms;
  }

  /** Whether it is due at `now_ms`, with events in up to `watermark_ms`; if so it counts as computed. */
  take(now_ms: number, watermark_ms: number): boolean {
    const waited_ms = now_ms - this.#computed_ms;
    const caught_up_ms = watermark_ms - this.#watermark_ms;
    const is_due =
      waited_ms < 0 ||
      waited_ms >= this.#every_ms ||
      (caught_up_ms >= this.#every_ms && waited_ms >= CATCH_UP_EVERY_MS);
    if (is_due) {
      this.#computed_ms = now_ms;
      this.#watermark_ms = watermark_ms;
    }
    return is_due;
  }
}
