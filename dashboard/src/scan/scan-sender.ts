import { backoff } from '../live/backoff.ts';
import type { KeptScan } from './scan-store.ts';

/** How the queue of a phone stands. */
export type SenderStatus =
  | { readonly phase: 'idle' }
  | { readonly phase: 'sending' }
  /** The server, or the network, is away. */
  | { readonly phase: 'waiting'; readonly retry_at_ms: number }
  /** The key opens nothing: it waits until another is given. */
  | { readonly phase: 'forbidden'; readonly detail: string };

/** The part of the store that sending uses. */
export interface Queue {
  waiting(limit: number): Promise<KeptScan[]>;
  settle(scans: readonly KeptScan[]): Promise<void>;
}

/** What the server answered to a batch. */
export interface Answer {
  readonly status: number;
  readonly retry_after_s?: number;
  /** Of the contract's 202, and of a problem. */
  readonly body: {
    readonly rejected?: readonly {
      readonly index: number;
      readonly pointer?: string;
      readonly detail: string;
    }[];
    readonly detail?: string;
    readonly title?: string;
    readonly errors?: readonly { readonly pointer?: string; readonly detail?: string }[];
  };
}

/** What sending needs of the world. `post` rejects when the server cannot be reached. */
export interface World {
  post(events: readonly object[]): Promise<Answer>;
  now(): number;
  random(): number;
  after(ms: number, run: () => void): () => void;
}

const BATCH_MAX = 100;

/**
 * Sends what a phone has scanned, oldest first, until the server has acknowledged it. Each event keeps its id, so that a
 * batch whose answer was lost is sent again and changes no figure. What the server refuses is kept with its reason; where
 * a whole batch is refused its events are sent one by one. Nothing is given up.
 */
export class ScanSender {
  readonly #queue: Queue;
  readonly #world: World;
  readonly #tell: (status: SenderStatus) => void;
  #busy = false;
  #again = false;
  #attempt = 0;
  #cancelRetry = (): void => undefined;

  constructor(queue: Queue, world: World, tell: (status: SenderStatus) => void) {
    this.#queue = queue;
    this.#world = world;
    this.#tell = tell;
  }

  /** Sends now what waits; called when a scan was added, the network came back, the key was changed. */
  async send(): Promise<void> {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    this.#cancelRetry();
    try {
      this.#again = true;
      while (this.#takeAgain()) await this.#drain();
    } finally {
      this.#busy = false;
    }
  }

  stop(): void {
    this.#cancelRetry();
  }

  /** Whether it was asked for (again); asking is done with that. */
  #takeAgain(): boolean {
    const again = this.#again;
    this.#again = false;
    return again;
  }

  async #drain(): Promise<void> {
    let size = BATCH_MAX;
    for (;;) {
      const scans = await this.#queue.waiting(size);
      if (scans.length === 0) {
        this.#tell({ phase: 'idle' });
        return;
      }
      this.#tell({ phase: 'sending' });
      const answer = await this.#answerOf(scans);
      if (answer === undefined) return;
      if (answer.status === 202) {
        await this.#queue.settle(settled(scans, answer));
        size = BATCH_MAX;
      } else if (scans.length > 1) size = 1;
      else {
        await this.#queue.settle(
          scans.map((scan) => ({ ...scan, state: 'refused', detail: reasonOf(answer) })),
        );
        size = BATCH_MAX;
      }
    }
  }

  /** Undefined where this is not about the events: the server is away or busy, or the key opens nothing. */
  async #answerOf(scans: readonly KeptScan[]): Promise<Answer | undefined> {
    let answer: Answer;
    try {
      answer = await this.#world.post(scans.map(({ event }) => event));
    } catch {
      this.#retryLater();
      return undefined;
    }
    if (answer.status === 401 || (answer.status === 403 && scans.length === 1)) {
      this.#tell({ phase: 'forbidden', detail: reasonOf(answer) });
      return undefined;
    }
    if (answer.status === 429 || answer.status >= 500) {
      this.#retryLater(answer.retry_after_s);
      return undefined;
    }
    this.#attempt = 0;
    return answer;
  }

  #retryLater(retry_after_s = 0): void {
    this.#attempt += 1;
    const wait = Math.max(retry_after_s * 1000, backoff(this.#attempt, this.#world.random()));
    this.#tell({ phase: 'waiting', retry_at_ms: this.#world.now() + wait });
    this.#cancelRetry = this.#world.after(wait, () => void this.send());
  }
}

function settled(scans: readonly KeptScan[], { body }: Answer): KeptScan[] {
  const rejected = new Map((body.rejected ?? []).map((one) => [one.index, one]));
  return scans.map((scan, index) => {
    const refusal = rejected.get(index);
    return refusal === undefined
      ? { ...scan, state: 'sent' }
      : { ...scan, state: 'refused', detail: `${refusal.pointer ?? ''} ${refusal.detail}`.trim() };
  });
}

function reasonOf({ body, status }: Answer): string {
  const [error] = body.errors ?? [];
  if (error?.detail !== undefined) return `${error.pointer ?? ''} ${error.detail}`.trim();
  return body.detail ?? body.title ?? String(status);
}
