import type { EventType } from '../../../models/contract/event-type.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { RangeCount } from '../protocol/ports.ts';
import { Together } from './together.ts';

/** A range of offsets of one partition. */
export interface OffsetRange {
  readonly partition: number;
  readonly first: number;
  readonly last: number;
}

/** Offsets asked about together at most: they are written out, which for a large block costs more than a question of its own. */
const TOGETHER_MAX = 20_000;

/** Counts ranges of a topic's ledger. Who shared an insert reads back at the same moment: those questions become one. */
export class RangeCounts {
  readonly #sql: SqlClient;
  readonly #place: { readonly raw: string; readonly topic: string };
  readonly #together = new Together((ranges: readonly OffsetRange[]) => this.#count(ranges));

  constructor(sql: SqlClient, { raw_table, topic }: EventType) {
    this.#sql = sql;
    this.#place = { raw: raw_table, topic };
  }

  /** Rows of the ledger in a range, and different offsets among them. */
  ask(range: OffsetRange): Promise<RangeCount> {
    return this.#together.ask(range);
  }

  #count(ranges: readonly OffsetRange[]): Promise<RangeCount[]> {
    const offsets = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    return ranges.length === 1 || offsets > TOGETHER_MAX
      ? Promise.all(ranges.map((range) => this.#countOne(range)))
      : this.#countAll(ranges);
  }

  async #countOne(range: OffsetRange): Promise<RangeCount> {
    const [row] = await this.#sql.queryFile<RangeCount>('queries/sink/count-range.sql', {
      params: { ...this.#place, ...range },
    });
    if (row === undefined) throw new Error('a count returned no row');
    return row;
  }

  /**
   * In the order of the ranges. They may overlap: while a partition's assignment changes, its ended lane and its new one ask about
   * the same offsets.
   */
  async #countAll(ranges: readonly OffsetRange[]): Promise<RangeCount[]> {
    const rows = await this.#sql.queryFile<RangeCount & { readonly nth: number }>(
      'queries/sink/count-ranges.sql',
      {
        params: {
          ...this.#place,
          partitions: ranges.map(({ partition }) => partition),
          firsts: ranges.map(({ first }) => first),
          lasts: ranges.map(({ last }) => last),
        },
      },
    );
    const by_nth = new Map(rows.map(({ nth, ...count }) => [nth, count]));
    return ranges.map((_, i) => by_nth.get(i) ?? { rows: 0, offsets: 0 });
  }
}
