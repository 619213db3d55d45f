import { setTimeout as delay } from 'node:timers/promises';
import { SqlClient, type SqlClientConfig } from '../../sql/client.ts';
import type { Admin } from '../kafka.ts';
import type { Readiness } from './health.ts';

/** Between two questions. */
const ASK_EVERY_MS = 2_000;
/** An answer may take so long. */
const ANSWER_MS_MAX = 4_000;
/** So many in a row must fail: on a busy machine one comes late now and then. */
const FAILED_MAX = 2;
/** What stands still is told after so long at most: it is asked just before, and then twice. */
export const TOLD_WITHIN_MS = FAILED_MAX * (ASK_EVERY_MS + ANSWER_MS_MAX);

export interface NeighbourOptions {
  /** As it is called in what is told of it. */
  readonly name: string;
  /**
   * Resolves with what it lacks, null when it is well; rejects when it does not answer. One that has not settled when the signal aborts
   * is late; it is then waited for on, instead of being asked once more.
   */
  readonly ask: (signal: AbortSignal) => Promise<string | null>;
  /** Lets go of what `ask` needs. */
  readonly close?: () => Promise<void>;
  readonly ask_every_ms?: number;
  readonly answer_ms_max?: number;
}

/**
 * Something that a program cannot work without, asked again and again whether it answers: a server that is frozen still takes
 * connections, and whoever has nothing to ask of it would never know. It counts as not ready until its first answer, and from the
 * second failure in a row to the next answer.
 */
export class Neighbour {
  readonly #options: NeighbourOptions;
  readonly #stopped = new AbortController();
  readonly #watching: Promise<void>;
  #failed = FAILED_MAX;
  /** undefined = it did not answer. */
  #lacks: string | undefined;

  private constructor(options: NeighbourOptions) {
    this.#options = options;
    this.#watching = this.#watch();
  }

  /** Begins to ask. */
  static watch(options: NeighbourOptions): Neighbour {
    return new Neighbour(options);
  }

  /** `silent` = it does not answer, `lacking` = it answers that it cannot work. */
  get state(): 'well' | 'lacking' | 'silent' {
    if (this.#failed < FAILED_MAX) return 'well';
    return this.#lacks === undefined ? 'silent' : 'lacking';
  }

  readiness(): Readiness {
    if (this.state === 'well') return { ready: true };
    return { ready: false, reason: `${this.#options.name} ${this.#lacks ?? 'does not answer'}` };
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#watching;
    await this.#options.close?.();
  }

  async #watch(): Promise<void> {
    const { ask, ask_every_ms = ASK_EVERY_MS, answer_ms_max = ANSWER_MS_MAX } = this.#options;
    const { signal } = this.#stopped;
    let asked: Promise<string | null> | undefined;
    while (!signal.aborted) {
      const late = AbortSignal.any([signal, AbortSignal.timeout(answer_ms_max)]);
      asked ??= ask(late);
      const answer = await Promise.race([asked.then(answered, silent), aborted(late)]);
      if (answer !== 'late') asked = undefined;
      if (answer === 'well') this.#failed = 0;
      else {
        this.#failed += 1;
        this.#lacks = typeof answer === 'string' ? undefined : answer.lacks;
      }
      await delay(ask_every_ms, undefined, { signal }).catch(() => undefined);
    }
  }
}

type Answer = 'well' | 'silent' | 'late' | { readonly lacks: string };

function answered(lacks: string | null): Answer {
  return lacks === null ? 'well' : { lacks };
}

/** Why is of no use here: that it does not answer is what is told. */
function silent(): Answer {
  return 'silent';
}

function aborted(signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const late = (): void => {
      resolve('late');
    };
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
  });
}

/** ClickHouse, over a connection of its own: those of the program may all be in use. */
export function watchClickHouse(warehouse: SqlClientConfig): Neighbour {
  const sql = new SqlClient({ ...warehouse, max_open_connections: 1 });
  return Neighbour.watch({
    name: 'ClickHouse',
    ask: async () => {
      if (await sql.ping(ANSWER_MS_MAX)) return null;
      throw new Error('no answer');
    },
    close: () => sql.close(),
  });
}

/** Kafka, by a connected client that others may use too. */
export function watchKafka(admin: Admin): Neighbour {
  return Neighbour.watch({
    name: 'Kafka',
    ask: async () => {
      await admin.describeCluster();
      return null;
    },
  });
}

/** Another program, by its `/readyz`. */
export function watchProgram(name: string, url: string): Neighbour {
  return Neighbour.watch({
    name: `the ${name}`,
    ask: async (signal) => {
      const answer = await fetch(`${url}/readyz`, { signal });
      const text = await answer.text();
      return answer.ok ? null : `is not ready: ${text.slice(0, 500)}`;
    },
  });
}
