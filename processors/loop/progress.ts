import type { SqlClient } from '../../sql/client.ts';
import { advance, type Offsets } from './offsets.ts';
import type { OffsetRange } from '../processor.ts';

/** Slots that are about no partition. */
const DEFINITION_SLOT = 'definition';
const VERSION_SLOT = 'version';

interface ProgressRow {
  readonly processor: string;
  readonly slot: string;
  readonly position: string;
}

interface Position {
  offsets: Offsets;
  definition: string | null;
  /** Version of the last stored run; 0 before the first. */
  version: number;
  /** Slot → position that is not in ClickHouse yet. */
  unwritten: Map<string, string>;
  /** When it was last written, ms of a clock that never steps back. */
  written_ms: number;
}

/**
 * How far each data processor has read, kept in ClickHouse: a restart goes on where the last stored run ended.
 * One process writes it; the version it hands out rises from run to run and over restarts, also when the clock steps back.
 */
export class Progress {
  readonly #sql: SqlClient;
  readonly #positions = new Map<string, Position>();
  #version = 0;

  private constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  static async load(sql: SqlClient): Promise<Progress> {
    const progress = new Progress(sql);
    const rows = await sql.queryFile<ProgressRow>('queries/processors/progress.sql');
    for (const row of rows) progress.#take(row);
    return progress;
  }

  /** What the processor has taken in. */
  offsets(processor: string): Offsets {
    return this.#position(processor).offsets;
  }

  /** The definition that its tables were made by; null before the first run. */
  definition(processor: string): string | null {
    return this.#position(processor).definition;
  }

  /** The version of its last stored run; 0 before the first. */
  version(processor: string): number {
    return this.#position(processor).version;
  }

  /** A number for the next run. */
  nextVersion(): number {
    this.#version = Math.max(Date.now(), this.#version + 1);
    return this.#version;
  }

  /**
   * Records that a run with these ranges is stored: in ClickHouse at once, or together with the next ones once `every_ms` have
   * passed since the last writing. Until then a restart takes in again what was not written, which changes nothing.
   */
  async save(
    processor: string,
    ranges: readonly OffsetRange[],
    version: number,
    every_ms = 0,
  ): Promise<void> {
    const position = this.#position(processor);
    for (const range of ranges) position.unwritten.set(`${range.topic}:${range.partition}`, String(range.to));
    position.unwritten.set(VERSION_SLOT, String(version));
    if (performance.now() - position.written_ms >= every_ms) await this.#writeOut(processor, position);
    position.offsets = advance(position.offsets, ranges);
    position.version = version;
  }

  /**
   * Whether ClickHouse still has what was written there. It has not when an earlier copy was put back, or a power cut took the latest: the
   * marts then lack what this process believes that they hold.
   */
  async isThere(): Promise<boolean> {
    const stored = await Progress.load(this.#sql);
    for (const [processor, position] of this.#positions) {
      const found = stored.offsets(processor);
      for (const [topic, partitions] of position.offsets) {
        for (const [partition, to] of partitions) {
          const is_written = !position.unwritten.has(`${topic}:${partition}`);
          if (is_written && (found.get(topic)?.get(partition) ?? 0) < to) return false;
        }
      }
    }
    return true;
  }

  /** Writes what `save` has left for later. */
  async flush(): Promise<void> {
    for (const [processor, position] of this.#positions) await this.#writeOut(processor, position);
  }

  /** Forgets what the processor has taken in, and records the definition by which it starts anew. */
  async reset(processor: string, definition: string): Promise<void> {
    const position = this.#position(processor);
    const slots = [...position.offsets].flatMap(([topic, partitions]) =>
      [...partitions.keys()].map((partition) => ({ slot: `${topic}:${partition}`, position: '0' })),
    );
    await this.#write(processor, [...slots, { slot: DEFINITION_SLOT, position: definition }]);
    position.unwritten.clear();
    position.offsets = new Map();
    position.definition = definition;
  }

  async #writeOut(processor: string, position: Position): Promise<void> {
    if (position.unwritten.size === 0) return;
    const rows = [...position.unwritten].map(([slot, at]) => ({ slot, position: at }));
    await this.#write(processor, rows);
    for (const { slot, position: at } of rows)
      if (position.unwritten.get(slot) === at) position.unwritten.delete(slot);
    position.written_ms = performance.now();
  }

  async #write(processor: string, rows: readonly { slot: string; position: string }[]): Promise<void> {
    const updated_at = new Date(this.nextVersion()).toISOString();
    await this.#sql.insertRows(
      'raw_processor_progress',
      rows.map((row) => ({ processor, ...row, updated_at })),
    );
  }

  #take({ processor, slot, position }: ProgressRow): void {
    const known = this.#position(processor);
    if (slot === DEFINITION_SLOT) {
      known.definition = position;
      return;
    }
    if (slot === VERSION_SLOT) {
      known.version = Number(position);
      this.#version = Math.max(this.#version, known.version);
      return;
    }
    const at = slot.lastIndexOf(':');
    const range = {
      topic: slot.slice(0, at),
      partition: Number(slot.slice(at + 1)),
      from: 0,
      to: Number(position),
    };
    known.offsets = advance(known.offsets, [range]);
  }

  #position(processor: string): Position {
    const known = this.#positions.get(processor) ?? {
      offsets: new Map(),
      definition: null,
      version: 0,
      unwritten: new Map(),
      written_ms: -Infinity,
    };
    this.#positions.set(processor, known);
    return known;
  }
}
