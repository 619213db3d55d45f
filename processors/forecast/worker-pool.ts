import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { assertPanel, type Panel } from '../../models/forecast/panel.ts';
import { runTask, type ForecastTask, type ForecastTaskResult } from './task.ts';

/** Threads at most; a panel's tasks are few and large. */
const THREADS_MAX = 16;

interface Waiting {
  readonly task: ForecastTask;
  readonly resolve: (result: ForecastTaskResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Threads that forecast one panel, which they share without a copy. Tasks are taken in the order given; results do not depend on the
 * number of threads. With one thread the work is done in this one. A thread that fails fails its task and those that wait.
 */
export class ForecastPool {
  readonly #panel: Panel;
  readonly #workers: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<Worker, Waiting>();

  constructor(panel: Panel, threads = availableParallelism()) {
    assertPanel(panel);
    this.#panel = panel;
    const count = Math.min(threads, THREADS_MAX);
    for (let thread = 0; thread < count && count > 1; thread++) this.#start();
  }

  run(task: ForecastTask): Promise<ForecastTaskResult> {
    if (this.#workers.length === 0) return runTask(this.#panel, task);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(): void {
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: this.#panel });
    this.#workers.push(worker);
    this.#idle.push(worker);
    worker.on('message', (result: ForecastTaskResult) => {
      this.#running.get(worker)?.resolve(result);
      this.#running.delete(worker);
      this.#idle.push(worker);
      this.#next();
    });
    worker.on('error', (error) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
  }

  #next(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const worker = this.#idle.shift() as Worker;
      const waiting = this.#waiting.shift() as Waiting;
      this.#running.set(worker, waiting);
      worker.postMessage(waiting.task);
    }
  }

  #fail(error: Error): void {
    for (const { reject } of [...this.#running.values(), ...this.#waiting]) reject(error);
    this.#running.clear();
    this.#waiting.length = 0;
  }
}
