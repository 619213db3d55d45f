import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * A thread for work that would keep all else waiting. It is started with its first task, takes one after another, and keeps the process
 * alive only while it works. A task that fails rejects and ends the thread; the next one starts another.
 */
export class TaskThread<Task, Result> {
  readonly #module: URL;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param module of a thread that answers each message, a task, with one message, its result */
  constructor(module: URL) {
    this.#module = module;
  }

  /** @throws Error what the task threw, or why the thread ended */
  run(task: Task): Promise<Result> {
    const result = this.#last.then(() => this.#runNow(task));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #runNow(task: Task): Promise<Result> {
    const worker = (this.#worker ??= this.#start());
    worker.ref();
    worker.postMessage(task);
    try {
      const ended = new AbortController();
      const result = await Promise.race([
        once(worker, 'message', { signal: ended.signal }),
        once(worker, 'exit', { signal: ended.signal }).then(([code]) => {
          throw new Error(`the thread ended with ${String(code)}`);
        }),
      ]).finally(() => {
        ended.abort();
      });
      return result[0] as Result;
    } finally {
      worker.unref();
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#module);
    const forget = (): void => {
      if (this.#worker === worker) this.#worker = undefined;
    };
    worker.once('error', forget).once('exit', forget);
    return worker;
  }
}
