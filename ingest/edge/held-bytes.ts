/**
 * The edge's bounded buffer: bytes of all bodies that are being read, checked, or waiting for Kafka's acknowledgement.
 * At the maximum nothing more is taken in; the request that asked is refused and lets go of what it held.
 */
export class HeldBytes {
  readonly max: number;
  #held = 0;

  constructor(max: number) {
    this.max = max;
  }

  get held(): number {
    return this.#held;
  }

  /** Takes `bytes` more; false, and nothing taken, when that would pass the maximum. */
  tryTake(bytes: number): boolean {
    if (this.#held + bytes > this.max) return false;
    this.#held += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }
}
