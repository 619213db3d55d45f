import { RECENT_MS, type RangeCount } from '../ports.ts';

export interface Row {
  readonly offset: number;
  /** Of the message that it was made of. */
  readonly id: number;
  readonly ingested_at_ms: number;
}

type Letter = Omit<Row, 'ingested_at_ms'>;

/** What one insert wrote, of rows or of a dead letter: it is there as a whole or not at all. */
interface Part {
  readonly rows: readonly Row[];
  readonly letter: Letter | null;
}

/** What a server keeps of one partition: the ledger, the copies in reading order, dead letters and declared losses. */
export class FakeTables {
  /** Rows of the ledger, and dead letters: the message's id by its offset. */
  readonly rows: Row[] = [];
  readonly dead = new Map<number, number>();
  /** Both, in the order of writing. */
  readonly #parts: Part[] = [];
  /** When each copy was written, by its offset. */
  readonly byKey = new Map<number, number>();
  readonly lost = new Set<number>();
  readonly #now_ms: () => number;

  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
  }

  /** The highest offset that a row or a dead letter accounts for, −1 without any. */
  get accounted(): number {
    return Math.max(this.stored ?? -1, ...this.dead.keys());
  }

  /** The highest offset of a row. */
  get stored(): number | null {
    let max: number | null = null;
    for (const { offset } of this.rows) if (max === null || offset > max) max = offset;
    return max;
  }

  /**
   * Power cut without a sync to disk: what was written last is gone. Of the copies, which are files of their own, what was
   * written in the last `copies_ms` too.
   */
  loseTail(parts: number, copies_ms: number): void {
    const since_ms = this.#now_ms() - copies_ms;
    for (const [offset, written_ms] of this.byKey) if (written_ms > since_ms) this.byKey.delete(offset);
    const lost = this.#parts.splice(Math.max(0, this.#parts.length - parts));
    for (const { rows, letter } of lost) {
      for (const row of rows) {
        this.rows.splice(this.rows.indexOf(row), 1);
        this.byKey.delete(row.offset);
      }
      if (letter !== null) this.dead.delete(letter.offset);
    }
  }

  write(rows: readonly Row[]): void {
    this.#parts.push({ rows, letter: null });
    this.rows.push(...rows);
  }

  setAside(letter: Letter): void {
    if (this.dead.has(letter.offset)) return;
    this.#parts.push({ rows: [], letter });
    this.dead.set(letter.offset, letter.id);
  }

  copy(rows: readonly Row[]): void {
    for (const { offset } of rows) this.byKey.set(offset, this.#now_ms());
  }

  between(first: number, last: number): Row[] {
    return this.rows.filter(({ offset }) => offset >= first && offset <= last);
  }

  count(first: number, last: number): RangeCount {
    const rows = this.between(first, last);
    return { rows: rows.length, offsets: new Set(rows.map(({ offset }) => offset)).size };
  }

  /** As recent-from.sql does. */
  recentFrom(stored: number, least: number): number {
    const rows = this.between(least, stored);
    const newest_ms = rows.find(({ offset }) => offset === stored)?.ingested_at_ms ?? 0;
    const older = rows.filter(({ ingested_at_ms }) => ingested_at_ms < newest_ms - RECENT_MS);
    const before_ms = Math.max(0, ...older.map(({ ingested_at_ms }) => ingested_at_ms));
    const recent = rows.filter(({ ingested_at_ms }) => ingested_at_ms >= before_ms);
    return Math.min(stored, ...recent.map(({ offset }) => offset));
  }
}
