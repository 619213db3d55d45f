import { setTimeout as delay } from 'node:timers/promises';
import { countFailure, FAILURES_MAX, restartDelay } from './backoff.ts';
import { tailOf, type Child } from './child.ts';
import type { StartControl } from './readiness.ts';

/** A process that is to run as long as the stack does. */
export interface Service {
  readonly name: string;
  /** Starts it once and resolves when it is ready; leaves nothing running when it rejects. */
  start(control: StartControl): Promise<StartedService>;
}

export interface StartedService {
  readonly child: Child;
  stop(): Promise<unknown>;
}

/** What becomes of a service is told here. */
export interface Watcher {
  say(line: string): void;
  /** A process of it exists from now on. */
  spawned(child: Child): void;
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
  /** Settles when nothing is started any more. */
  #kept: Promise<unknown> = Promise.resolve();

  constructor(service: Service, watcher: Watcher) {
    this.name = service.name;
    this.#service = service;
    this.#watcher = watcher;
  }

  /**
   * Starts the service, once, and keeps it running from then on.
   * @throws the reason when this first start fails or is stopped: nothing is running then
   */
  async start(): Promise<void> {
    const first = this.#startOnce();
    this.#kept = first.then(
      (started) => this.#keep(started),
      () => undefined,
    );
    await first;
  }

  /** Ends the service for good, also while it is starting or waits for a restart. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error(`${this.name} is being stopped`));
    await this.#running?.stop();
    await this.#kept;
  }

  async #startOnce(): Promise<StartedService> {
    const { signal } = this.#stopping;
    const onSpawn = this.#watcher.spawned.bind(this.#watcher);
    const started = await this.#service.start({ signal, onSpawn });
    this.#running = started;
    if (!signal.aborted) return started;
    await started.stop();
    throw signal.reason;
  }

  async #keep(first: StartedService): Promise<void> {
    let current = first;
    let failures = 0;
    for (;;) {
      const readySince = performance.now();
      const exit = await current.child.exited;
      if (this.#stopping.signal.aborted) return;
      failures = countFailure(failures, performance.now() - readySince, exit.signal);
      const why = `ended (${exit.signal ?? `exit code ${String(exit.code)}`})`;
      const again = await this.#startAgain(why, failures, current.child.logFile);
      if (again === undefined) return;
      ({ started: current, failures } = again);
      this.#watcher.say(`${this.name} is up again`);
    }
  }

  /** undefined when the stack is stopping, or when restarting was given up (which has then been told). */
  async #startAgain(
    ended: string,
    before: number,
    logFile: string,
  ): Promise<{ started: StartedService; failures: number } | undefined> {
    let why = ended;
    for (let failures = before; ; failures += 1) {
      const wait_ms = restartDelay(failures);
      if (wait_ms === undefined) {
        this.#giveUp(why, logFile);
        return undefined;
      }
      this.#watcher.say(`${this.name} ${why}; starting it again in ${wait_ms / 1000} s (see ${logFile})`);
      try {
        await delay(wait_ms, undefined, { signal: this.#stopping.signal });
        return { started: await this.#startOnce(), failures };
      } catch (error) {
        if (this.#stopping.signal.aborted) return undefined;
        why = `did not start: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
      }
    }
  }

  #giveUp(why: string, logFile: string): void {
    const told = `${this.name} failed ${FAILURES_MAX} times in a row and is given up; last, it ${why}`;
    this.#watcher.gaveUp(new Error(`${told}; the end of ${logFile}:\n${tailOf(logFile, TAIL_LINES)}`));
  }
}
