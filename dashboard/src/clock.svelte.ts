/** The time, once a second, in this machine's clock. */
export class Clock {
  now_ms = $state(Date.now());
  private timer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    this.tick();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Aligned to the full second, so that the seconds shown neither skip nor repeat. */
  private tick(): void {
    this.now_ms = Date.now();
    this.timer = setTimeout(
      () => {
        this.tick();
      },
      1000 - (this.now_ms % 1000),
    );
  }
}
