import type { Logger } from '../ingest/program/program.ts';

/** Looks again and again, `every_ms` after the last look ended. A look that fails is told under `what`, and the next one comes all the same. */
export class Poller {
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  /** Aborted once it is to end: for what a look has under way. */
  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  /** The first look comes after `every_ms` too. The process need not wait for it. */
  start(look: () => Promise<void>, every_ms: number, what: string, log: Logger): void {
    this.#timer = setTimeout(() => {
      this.#running = look()
        .catch((error: unknown) => {
          log.error({ err: error }, `${what} could not be looked after; it is tried again`);
        })
        .finally(() => {
          if (!this.signal.aborted) this.start(look, every_ms, what, log);
        });
    }, every_ms).unref();
  }

  /** Resolves when the look under way has ended. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }
}
