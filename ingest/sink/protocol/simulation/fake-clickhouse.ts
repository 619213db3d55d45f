import { ApartError, RefusedError, type Block, type DeadLetter, type Ledger } from '../ports.ts';
import type { Network, Owner } from './network.ts';

interface Row {
  readonly offset: number;
  /** Of the message that it was made of. */
  readonly id: number;
}

/** What one insert wrote, of rows or of a dead letter: it is there as a whole or not at all. */
interface Part {
  readonly rows: readonly Row[];
  readonly letter: Row | null;
}

interface Insert {
  readonly block: Block;
  readonly token: string;
  readonly answer: (outcome: { value: undefined } | { error: Error }) => void;
  done: boolean;
}

/** What a crash may leave of an insert that was just being written. */
const TEARS = ['nothing', 'rows and token', 'rows', 'token'] as const;
/** The same where the disk breaks its word too: a part that is not whole. */
const DAMAGES = ['half', 'twice', 'half twice'] as const;

export interface Crash {
  readonly down_ms: number;
  /** Whether a part that was being written may be left broken. */
  readonly damages: boolean;
  /** The deduplication log loses each token with this chance. */
  readonly forgets_per_mille: number;
}

/** Rows, the deduplication log, the view's copy and running queries of one table, as unreliable as the real ones. */
export class FakeClickHouse {
  /** Rows of the ledger, and dead letters: the message's id by its offset. */
  readonly rows: Row[] = [];
  readonly dead = new Map<number, number>();
  /** Both, in the order of writing. */
  readonly #parts: Part[] = [];
  readonly byKey = new Set<number>();
  readonly lost = new Set<number>();
  readonly tokens = new Set<string>();
  /** So many more sound blocks are refused: what arrived of them was torn. */
  torn = 0;
  /** A part was left that is not whole: whoever sees it must stop. */
  damaged = false;
  readonly #isRefused: (id: number) => boolean;
  readonly #running = new Map<string, Insert>();
  readonly #network: Network;
  #down = false;
  /** Requests under way at a crash lose their connection, and with it their meaning. */
  #incarnation = 0;

  constructor(network: Network, isRefused: (id: number) => boolean) {
    this.#network = network;
    this.#isRefused = isRefused;
  }

  /** The highest offset that a row or a dead letter accounts for, −1 without any. */
  get accounted(): number {
    return Math.max(highest(this.rows) ?? -1, ...this.dead.keys());
  }

  crash({ down_ms, damages, forgets_per_mille }: Crash): void {
    const { scheduler } = this.#network;
    this.#incarnation += 1;
    /** In the log as it was in memory: of two inserts with one token only one has written. */
    const begun = new Set<string>();
    for (const insert of this.#running.values()) {
      this.#tear(insert, damages, begun.has(insert.token));
      begun.add(insert.token);
    }
    this.#running.clear();
    for (const token of this.tokens) if (scheduler.chance(forgets_per_mille)) this.tokens.delete(token);
    this.#down = true;
    scheduler.after(down_ms, () => {
      this.#down = false;
    });
  }

  /** Power cut without a sync to disk: what was written last is gone; its tokens need not be. */
  loseTail(parts: number): void {
    const lost = this.#parts.splice(Math.max(0, this.#parts.length - parts));
    for (const { rows, letter } of lost) {
      for (const row of rows) {
        this.rows.splice(this.rows.indexOf(row), 1);
        this.byKey.delete(row.offset);
      }
      if (letter !== null) this.dead.delete(letter.offset);
    }
  }

  /** The ledger as one owner sees it. */
  ledgerOf(owner: Owner): Ledger {
    const { scheduler } = this.#network;
    const ask = <T>(what: () => string, serve: () => T): Promise<T> =>
      this.#request<T>(owner, what, (answer) => {
        answer({ value: serve() });
      });
    return {
      insert: (block, token, query_id) => {
        const company = query_id.includes(':shared:') ? this.#companyOf(token, query_id) : null;
        if (company === 'left') {
          return new Promise((_, reject) => {
            this.#network.deliver(owner, () => {
              reject(new ApartError('the insert has left'));
            });
          });
        }
        return this.#request<undefined>(
          owner,
          () => `insert ${block.first}-${block.last} ${token}${company === null ? '' : ' with others'}`,
          (answer) => {
            // What is wrong with another partition's block is wrong with all of them.
            if (company === 'refused') answer({ error: new ApartError('refused with others') });
            else this.#begin(query_id, { block, token, answer, done: false });
          },
        );
      },
      kill: (query_id) =>
        ask(
          () => `kill ${query_id}`,
          () => {
            this.#kill(query_id);
          },
        ),
      count: (first, last) =>
        ask(
          () => `count ${first}-${last}`,
          () => this.#count(first, last),
        ),
      maxOffsets: () =>
        ask(
          () => 'maxOffsets',
          () => ({
            stored: highest(this.rows),
            accounted: this.accounted < 0 ? null : this.accounted,
          }),
        ),
      rederive: (first, last) =>
        ask(
          () => `rederive ${first}-${last}`,
          () => {
            for (const { offset } of this.#between(first, last)) this.byKey.add(offset);
          },
        ),
      setAside: (letter) =>
        ask(
          () => `setAside ${letter.delivery.offset}`,
          () => {
            if (!scheduler.chance(this.#network.weather.lied_per_mille)) this.#setAside(letter);
          },
        ),
      isSetAside: (offset) =>
        ask(
          () => `isSetAside ${offset}`,
          () => this.dead.has(offset),
        ),
      declareLoss: (first, last) =>
        ask(
          () => `declareLoss ${first}-${last}`,
          () => {
            for (let offset = first; offset <= last; offset += 1) this.lost.add(offset);
          },
        ),
    };
  }

  /**
   * What comes of the other partitions' blocks in a shared insert: it left without this one; one of them is refused; another
   * owner of one of them ends the insert, or takes its token for its own block.
   */
  #companyOf(token: string, query_id: string): 'left' | 'refused' | 'good' {
    const { scheduler, weather } = this.#network;
    if (!scheduler.chance(weather.shared_per_mille)) return 'good';
    const fate = scheduler.pick(0, 3);
    if (fate === 0) return 'left';
    if (fate === 1) return 'refused';
    scheduler.after(scheduler.pick(0, scheduler.chance(500) ? 40 : weather.slow_ms), () => {
      this.#network.tell(
        () => `another partition's owner ${fate === 2 ? 'ends' : 'takes the token of'} ${token}`,
      );
      if (fate === 2) this.#kill(query_id);
      else this.tokens.add(token);
    });
    return 'good';
  }

  /** A request does not outlive the server's process: sent before a crash it neither arrives nor is answered after it. */
  #request<T>(
    owner: Owner,
    what: () => string,
    serve: (answer: (outcome: { value: T } | { error: Error }) => void) => void,
  ): Promise<T> {
    const sent = this.#incarnation;
    return this.#network.request<T>(
      owner,
      what,
      (answer) => {
        if (this.#down || sent !== this.#incarnation) answer({ error: new Error('connection refused') });
        else serve(answer);
      },
      () => sent === this.#incarnation,
    );
  }

  #between(first: number, last: number): Row[] {
    return this.rows.filter(({ offset }) => offset >= first && offset <= last);
  }

  #count(first: number, last: number): { rows: number; offsets: number } {
    const rows = this.#between(first, last);
    return { rows: rows.length, offsets: new Set(rows.map(({ offset }) => offset)).size };
  }

  #setAside({ delivery }: DeadLetter): void {
    const letter = { offset: delivery.offset, id: idOf(delivery.value) };
    if (this.dead.has(letter.offset)) return;
    this.#parts.push({ rows: [], letter });
    this.dead.set(letter.offset, letter.id);
  }

  #kill(query_id: string): void {
    const insert = this.#running.get(query_id);
    if (insert === undefined) return;
    this.#end(query_id, insert);
    insert.answer({ error: new Error('query was cancelled') });
  }

  #end(query_id: string, insert: Insert): void {
    insert.done = true;
    this.#running.delete(query_id);
  }

  #begin(query_id: string, insert: Insert): void {
    if (this.#running.has(query_id)) {
      insert.answer({ error: new Error('query with the same id is already running') });
      return;
    }
    this.#running.set(query_id, insert);
    const { scheduler } = this.#network;
    scheduler.after(scheduler.chance(50) ? scheduler.pick(30, 3_000) : scheduler.pick(1, 30), () => {
      if (!insert.done) this.#execute(query_id, insert);
    });
  }

  #write(rows: readonly Row[]): void {
    this.#parts.push({ rows, letter: null });
    this.rows.push(...rows);
  }

  #execute(query_id: string, insert: Insert): void {
    const { block, token, answer } = insert;
    const { scheduler, weather } = this.#network;
    const refusal = this.#refusalOf(block);
    if (refusal !== null) {
      this.#end(query_id, insert);
      answer({ error: refusal });
      return;
    }
    if (this.tokens.has(token)) {
      this.#end(query_id, insert);
      answer({ value: undefined });
      return;
    }
    this.tokens.add(token);
    if (scheduler.chance(weather.lied_per_mille)) {
      this.#end(query_id, insert);
      answer({ value: undefined });
      return;
    }
    this.#write(rowsOf(block));
    // The view's copy follows in a step of its own: a crash or a kill may come between.
    scheduler.after(scheduler.pick(0, 5), () => {
      if (insert.done) return;
      this.#end(query_id, insert);
      for (const { offset } of rowsOf(block)) this.byKey.add(offset);
      answer({ value: undefined });
    });
  }

  #refusalOf(block: Block): RefusedError | null {
    const { scheduler } = this.#network;
    const bad = rowsOf(block).findIndex(({ id }) => this.#isRefused(id));
    const torn = bad < 0 && this.torn > 0 && scheduler.chance(200);
    if (torn) this.torn -= 1;
    if (torn) this.#network.tell(() => `a torn block ${block.first}-${block.last} is refused`);
    if (bad < 0 && !torn) return null;
    const hint = scheduler.chance(500) ? Math.max(bad, 0) + 1 : null;
    return new RefusedError({ code: 'unparsable', detail: 'fake' }, hint);
  }

  #tear(insert: Insert, damages: boolean, isSecond: boolean): void {
    const { scheduler } = this.#network;
    const { block, token } = insert;
    insert.done = true;
    // Its answer is lost with the connection: the client sees a reset.
    insert.answer({ error: new Error('connection reset') });
    const rows = rowsOf(block);
    if (isSecond || this.tokens.has(token) || rows.some(({ id }) => this.#isRefused(id))) return;
    const damage = damages && rows.length > 1 ? DAMAGES[scheduler.pick(0, DAMAGES.length - 1)] : undefined;
    if (damage !== undefined) {
      this.damaged = true;
      const half = rows.slice(0, rows.length >> 1);
      this.#write(damage === 'twice' ? rows : half);
      if (damage !== 'half') this.#write(damage === 'twice' ? rows : half);
      return;
    }
    const left = TEARS[scheduler.pick(0, TEARS.length - 1)];
    this.#network.tell(() => `of ${block.first}-${block.last} a crash leaves ${String(left)}`);
    if (left === 'rows and token' || left === 'rows') this.#write(rows);
    if (left === 'rows and token' || left === 'token') this.tokens.add(token);
  }
}

/** Lines of the fakes: each message's id in four digits of its value. */
const ID_BYTES = 4;

/** The block's lines are the ids of its messages, one after another. */
function rowsOf({ first, n, lines }: Block): Row[] {
  return Array.from({ length: n }, (_, i) => ({ offset: first + i, id: lines.readUInt32LE(i * ID_BYTES) }));
}

function idOf(value: Buffer | null): number {
  return value?.readUInt32LE(0) ?? -1;
}

function highest(rows: readonly Row[]): number | null {
  let max: number | null = null;
  for (const { offset } of rows) if (max === null || offset > max) max = offset;
  return max;
}
