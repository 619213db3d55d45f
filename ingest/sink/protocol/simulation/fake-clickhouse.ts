import { RefusedError, type Block, type Ledger } from '../ports.ts';
import { request, type Owner, type Weather } from './network.ts';
import type { Scheduler } from './scheduler.ts';

interface Insert {
  readonly block: Block;
  readonly token: string;
  readonly answer: (outcome: { value: undefined } | { error: Error }) => void;
  done: boolean;
}

/** What a crash may leave of an insert that was just being written. */
const TEARS = ['nothing', 'rows and token', 'rows', 'token'] as const;

/** Rows, the deduplication log, the view's copy and running queries of one table, as unreliable as the real ones. */
export class FakeClickHouse {
  /** Offsets in the ledger, with repeats if there are any. */
  readonly rows: number[] = [];
  readonly byKey = new Set<number>();
  readonly dead = new Set<number>();
  readonly tokens = new Set<string>();
  /** Offsets whose values it refuses. */
  readonly refused: ReadonlySet<number>;
  readonly #running = new Map<string, Insert>();
  readonly #scheduler: Scheduler;
  #down = false;
  /** Requests under way at a crash lose their connection, and with it their meaning. */
  #incarnation = 0;

  constructor(scheduler: Scheduler, refused: ReadonlySet<number>) {
    this.#scheduler = scheduler;
    this.refused = refused;
  }

  crash(down_ms: number): void {
    this.#incarnation += 1;
    for (const insert of this.#running.values()) this.#tear(insert);
    this.#running.clear();
    this.#down = true;
    this.#scheduler.after(down_ms, () => {
      this.#down = false;
    });
  }

  /** The ledger as one owner sees it. */
  ledgerOf(owner: Owner, weather: () => Weather): Ledger {
    const ask = <T>(serve: () => T): Promise<T> => {
      const sent = this.#incarnation;
      return request<T>(this.#scheduler, owner, weather(), (answer) => {
        if (this.#down || sent !== this.#incarnation) answer({ error: new Error('connection refused') });
        else answer({ value: serve() });
      });
    };
    const rowsOf = (first: number, last: number): number[] =>
      this.rows.filter((offset) => offset >= first && offset <= last);
    return {
      insert: (block, token, query_id) => {
        const sent = this.#incarnation;
        return request<undefined>(this.#scheduler, owner, weather(), (answer) => {
          if (this.#down || sent !== this.#incarnation) answer({ error: new Error('connection refused') });
          else this.#begin(query_id, { block, token, answer, done: false });
        });
      },
      kill: (query_id) =>
        ask(() => {
          const insert = this.#running.get(query_id);
          if (insert === undefined) return;
          insert.done = true;
          this.#running.delete(query_id);
          insert.answer({ error: new Error('query was cancelled') });
        }),
      count: (first, last) =>
        ask(() => {
          const rows = rowsOf(first, last);
          return { rows: rows.length, offsets: new Set(rows).size };
        }),
      maxOffsets: () =>
        ask(() => ({ stored: highest(this.rows), accounted: highest([...this.rows, ...this.dead]) })),
      rederive: (first, last) =>
        ask(() => {
          for (const offset of rowsOf(first, last)) this.byKey.add(offset);
        }),
      setAside: (letter) =>
        ask(() => {
          this.dead.add(letter.delivery.offset);
        }),
      isSetAside: (offset) => ask(() => this.dead.has(offset)),
      declareLoss: () => Promise.reject(new Error('nothing is lost here')),
    };
  }

  #begin(query_id: string, insert: Insert): void {
    if (this.#running.has(query_id)) {
      insert.answer({ error: new Error('query with the same id is already running') });
      return;
    }
    this.#running.set(query_id, insert);
    this.#scheduler.after(this.#scheduler.pick(1, 30), () => {
      if (!insert.done) this.#write(query_id, insert);
    });
  }

  #write(query_id: string, insert: Insert): void {
    const { block, token, answer } = insert;
    const bad = offsetsOf(block).findIndex((offset) => this.refused.has(offset));
    const known = this.tokens.has(token);
    if (bad < 0 && !known) {
      this.rows.push(...offsetsOf(block));
      this.tokens.add(token);
    }
    if (bad >= 0 || known) {
      insert.done = true;
      this.#running.delete(query_id);
      const hint = this.#scheduler.chance(500) ? bad + 1 : null;
      if (bad >= 0) answer({ error: new RefusedError({ code: 'unparsable', detail: 'fake' }, hint) });
      else answer({ value: undefined });
      return;
    }
    // The view's copy follows in a step of its own: a crash or a kill may come between.
    this.#scheduler.after(this.#scheduler.pick(0, 5), () => {
      if (insert.done) return;
      insert.done = true;
      this.#running.delete(query_id);
      for (const offset of offsetsOf(block)) this.byKey.add(offset);
      answer({ value: undefined });
    });
  }

  #tear(insert: Insert): void {
    const { block, token } = insert;
    insert.done = true;
    // Its answer is lost with the connection: the client sees a reset.
    insert.answer({ error: new Error('connection reset') });
    const written = this.tokens.has(token);
    const sound = offsetsOf(block).every((offset) => !this.refused.has(offset));
    if (written || !sound) return;
    const left = TEARS[this.#scheduler.pick(0, TEARS.length - 1)];
    if (left === 'rows and token' || left === 'rows') this.rows.push(...offsetsOf(block));
    if (left === 'rows and token' || left === 'token') this.tokens.add(token);
  }
}

function offsetsOf({ first, n }: Block): number[] {
  return Array.from({ length: n }, (_, i) => first + i);
}

function highest(offsets: readonly number[]): number | null {
  return offsets.length === 0 ? null : Math.max(...offsets);
}
