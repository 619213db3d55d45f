import { setTimeout as delay } from 'node:timers/promises';
import { countFailure, FAILURES_MAX, restartDelay } from './backoff.ts';
import { tailOf, type Child } from './child.ts';

/** A process that is to run as long as the stack does. */
export interface Service {
  readonly name: string;
  /** Starts it once and resolves when it is ready; leaves nothing running when it rejects. */
  start(signal: AbortSignal): Promise<StartedService>;
}

export interface StartedService {
  readonly child: Child;
  stop(): Promise<unknown>;
}

/** What becomes of a service is told here. */
export interface Watcher {
  say(line: string): void;
  /** Restarting was given up: the stack is to end. */
  gaveUp(error: Error): void;
}

const TAIL_LINES = 20;

/** Keeps one service running: a process that dies is started again after a growing wait, until a named maximum. */
export class Supervised {
  readonly name: string;
  readonly #service: Service;
  readonly #watcher: Watcher;
  readonly #stopping = new AbortController();
  #running: StartedService | undefined;
  #watching: Promise<void> = Promise.resolve();

  private constructor(service: Service, watcher: Watcher) {
    this.name = service.name;
    this.#service = service;
    this.#watcher = watcher;
  }

  /**
   * Starts the service and keeps it running from then on.
   * @throws the reason when the very first start fails: nothing is running then
   */
  static async start(service: Service, watcher: Watcher): Promise<Supervised> {
    const supervised = new Supervised(service, watcher);
    supervised.#running = await service.start(supervised.#stopping.signal);
    supervised.#watching = supervised.#watch(supervised.#running);
    return supervised;
  }

  /** Ends the service for good, also while it waits for a restart or is just restarting. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stop();
    await this.#watching;
  }

  async #watch(first: StartedService): Promise<void> {
    let current = first;
    let failures = 0;
    for (;;) {
      const readySince = performance.now();
      const exit = await current.child.exited;
      if (this.#stopping.signal.aborted) return;
      failures = countFailure(failures, performance.now() - readySince);
      const how = exit.signal ?? `exit code ${String(exit.code)}`;
      const next = await this.#restart(`ended (${how})`, failures, current.child.logFile);
      if (next === undefined) return;
      current = next.started;
      failures = next.failures;
    }
  }

  /** undefined when the stack is stopping, or when it was given up (which has then been told). */
  async #restart(
    why: string,
    failuresBefore: number,
    logFile: string,
  ): Promise<{ started: StartedService; failures: number } | undefined> {
    let failures = failuresBefore;
    let reason = why;
    for (;;) {
      const wait_ms = restartDelay(failures);
      if (wait_ms === undefined) {
        this.#watcher.gaveUp(
          new Error(
            `${this.name} failed ${FAILURES_MAX} times in a row, last: ${reason}; the end of ${logFile}:\n${tailOf(logFile, TAIL_LINES)}`,
          ),
        );
        return undefined;
      }
      this.#watcher.say(`${this.name} ${reason}; starting it again in ${wait_ms / 1000} s (see ${logFile})`);
      try {
        await delay(wait_ms, undefined, { signal: this.#stopping.signal });
        this.#running = await this.#service.start(this.#stopping.signal);
      } catch (error) {
        if (this.#stopping.signal.aborted) return undefined;
        failures += 1;
        reason = `did not start: ${(error as Error).message.split('\n')[0] ?? ''}`;
        continue;
      }
      if (this.#stopping.signal.aborted) {
        await this.#running.stop();
        return undefined;
      }
      this.#watcher.say(`${this.name} is up again`);
      return { started: this.#running, failures };
    }
  }
}
