import { createHash } from 'node:crypto';
import type { EventType } from '../../models/contract/event-type.ts';
import type { SqlClient } from '../../sql/client.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { classify } from './classify.ts';
import type { Findings } from './findings.ts';
import { messageLines } from './message-lines.ts';
import type { OffsetRange } from './ranges.ts';
import type { LogMessage } from './read-log.ts';

/** Messages of a range of one partition, read from Kafka again. */
export interface GivenRange extends OffsetRange {
  /** As the rows name it, without a prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly LogMessage[];
}

interface Comparison {
  readonly given_rows: number;
  readonly given_offsets: number;
  readonly given_digest: string;
  readonly stored_rows: number;
  readonly stored_offsets: number;
  readonly stored_digest: string;
}

/**
 * Compares ranges of one type's topic with its ledger. ClickHouse reads the messages anew, into the same types as the
 * ledger's, and both sides are reduced to a digest of every column: equal in nearly every case, with one question. Only
 * where they differ it is asked offset by offset.
 */
export class Comparer {
  readonly #sql: SqlClient;
  readonly #raw: string;
  readonly #structure: string;

  private constructor(sql: SqlClient, raw: string, structure: string) {
    this.#sql = sql;
    this.#raw = raw;
    this.#structure = structure;
  }

  static async of(sql: SqlClient, type: EventType): Promise<Comparer> {
    const columns = await sql.queryFile<{ name: string; type: string }>('queries/audit/columns.sql', {
      params: { raw: type.raw_table },
    });
    if (columns.length === 0) throw new Error(`there is no table ${type.raw_table}: was the schema applied?`);
    const structure = columns.map((column) => `${column.name} ${column.type}`).join(', ');
    return new Comparer(sql, type.raw_table, structure);
  }

  /** Notes what is wrong with the offsets of a range; all of them must lie below the sink's position. */
  async compare(range: GivenRange, findings: Findings): Promise<void> {
    if (!(await this.#isEqual(range))) await this.#explain(range, findings);
  }

  /** Digests of the rows that messages make; null for a message that makes none or several. */
  async digestsOf(messages: readonly LogMessage[]): Promise<Map<number, string | null>> {
    const digests = new Map<number, string | null>(messages.map(({ offset }) => [offset, null]));
    // What ClickHouse cannot read is cut in halves until the guilty stand alone.
    const pieces: (readonly LogMessage[])[] = messages.length === 0 ? [] : [messages];
    for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
      const rows = await this.#rowsOf(piece);
      if (rows !== null) for (const { offset, digest } of rows) digests.set(offset, digest);
      else if (piece.length > 1)
        pieces.push(piece.slice(0, piece.length >> 1), piece.slice(piece.length >> 1));
    }
    return digests;
  }

  async #isEqual({ topic, partition, first, last, messages }: GivenRange): Promise<boolean> {
    const lines = messageLines(messages);
    if (lines === null) return false;
    const [row] = await this.#orRefused<Comparison>('queries/audit/compare-range.sql', lines, {
      raw: this.#raw,
      topic,
      partition,
      first,
      last,
    });
    return (
      row !== undefined &&
      [row.given_rows, row.given_offsets, row.stored_rows, row.stored_offsets].every(
        (n) => n === messages.length,
      ) &&
      row.given_digest === row.stored_digest
    );
  }

  async #explain(range: GivenRange, findings: Findings): Promise<void> {
    const { topic, partition, first, last, messages } = range;
    const place = { topic, partition, first, last };
    const rows = await this.#sql.queryFile<{ offset: number; rows: number; digests: string[] }>(
      'queries/audit/stored-rows.sql',
      { params: { raw: this.#raw, ...place } },
    );
    const set_aside = await this.#sql.queryFile<{ offset: number; digests: string[] }>(
      'queries/audit/letters.sql',
      { params: place },
    );
    const stored = new Map(rows.map((row) => [row.offset, row]));
    const letters = new Map(set_aside.map(({ offset, digests }) => [offset, digests]));
    const given = new Map<number, string | null>(messages.map(({ offset }) => [offset, null]));
    // Only what has a row is read: poison is expected to be unreadable, and has none.
    const digests = await this.digestsOf(messages.filter(({ offset }) => stored.has(offset)));
    for (const [offset, digest] of digests) given.set(offset, digest);
    const given_bytes = new Map(
      messages
        .filter(({ offset }) => letters.has(offset))
        .map((message) => [message.offset, digestOfBytes(message)]),
    );
    classify(range, { given, given_bytes, stored, letters }, findings);
  }

  /** null when ClickHouse cannot make exactly one row of each message. */
  async #rowsOf(messages: readonly LogMessage[]): Promise<{ offset: number; digest: string }[] | null> {
    const lines = messageLines(messages);
    if (lines === null) return null;
    const rows = await this.#orRefused<{ offset: number; digest: string }>(
      'queries/audit/given-rows.sql',
      lines,
    );
    return rows.length === messages.length && new Set(rows.map(({ offset }) => offset)).size === rows.length
      ? rows
      : null;
  }

  /** No rows when ClickHouse refuses the lines. */
  async #orRefused<Row>(file: string, lines: Buffer, params = {}): Promise<Row[]> {
    try {
      return await this.#sql.queryFileOver<Row>(
        file,
        { name: 'log', structure: this.#structure, lines: [lines] },
        { params },
      );
    } catch (error) {
      if (error instanceof SqlError && error.server_code !== null && !error.retriable) return [];
      throw error;
    }
  }
}

/** As `letters.sql` makes it. */
function digestOfBytes({ key, value }: LogMessage): string {
  const hash = createHash('sha256');
  for (const part of [key ?? Buffer.alloc(0), Buffer.from([0]), value ?? Buffer.alloc(0)]) hash.update(part);
  return hash.digest('hex');
}
