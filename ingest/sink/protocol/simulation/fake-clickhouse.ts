import { ApartError, RefusedError, type Block, type Ledger } from '../ports.ts';
import { FakeTables, type Row } from './fake-tables.ts';
import type { Network, Owner } from './network.ts';

interface Insert {
  readonly block: Block;
  readonly token: string;
  readonly answer: (outcome: { value: undefined } | { error: Error }) => void;
  done: boolean;
}

/** Starts of the server are told apart by their time. */
const SECONDS_BETWEEN_STARTS = 10;

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

/** The deduplication log and running queries over one partition's tables, as unreliable as the real ones. */
export class FakeClickHouse extends FakeTables {
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
    super(() => network.scheduler.now_ms);
    this.#network = network;
    this.#isRefused = isRefused;
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
          () => this.count(first, last),
        ),
      maxOffsets: () =>
        ask(
          () => 'maxOffsets',
          () => ({
            server_s: this.#incarnation * SECONDS_BETWEEN_STARTS,
            stored: this.stored,
            accounted: this.accounted < 0 ? null : this.accounted,
          }),
        ),
      recentFrom: (stored, least) =>
        ask(
          () => `recentFrom ${stored}`,
          () => this.recentFrom(stored, least),
        ),
      rederive: (first, last) =>
        ask(
          () => `rederive ${first}-${last}`,
          () => {
            this.copy(this.between(first, last));
          },
        ),
      setAside: (letter) =>
        ask(
          () => `setAside ${letter.delivery.offset}`,
          () => {
            if (!scheduler.chance(this.#network.weather.lied_per_mille))
              this.setAside({ offset: letter.delivery.offset, id: idOf(letter.delivery.value) });
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
    this.write(rowsOf(block));
    // The view's copy follows in a step of its own: a crash or a kill may come between.
    scheduler.after(scheduler.pick(0, 5), () => {
      if (insert.done) return;
      this.#end(query_id, insert);
      this.copy(rowsOf(block));
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
      this.write(damage === 'twice' ? rows : half);
      if (damage !== 'half') this.write(damage === 'twice' ? rows : half);
      return;
    }
    const left = TEARS[scheduler.pick(0, TEARS.length - 1)];
    this.#network.tell(() => `of ${block.first}-${block.last} a crash leaves ${String(left)}`);
    if (left === 'rows and token' || left === 'rows') this.write(rows);
    if (left === 'rows and token' || left === 'token') this.tokens.add(token);
  }
}

/** Lines of the fakes: each message's id in four digits of its value. */
const ID_BYTES = 4;

/** The block's lines are the ids of its messages, one after another. */
function rowsOf({ first, n, lines, ingested_at_ms }: Block): Row[] {
  return Array.from({ length: n }, (_, i) => ({
    offset: first + i,
    id: lines.readUInt32LE(i * ID_BYTES),
    ingested_at_ms,
  }));
}

function idOf(value: Buffer | null): number {
  return value?.readUInt32LE(0) ?? -1;
}
