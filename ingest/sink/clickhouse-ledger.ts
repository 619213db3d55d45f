import type { DeadLetterReason } from '../../models/contract/dead-letters.ts';
import type { EventType } from '../../models/contract/event-type.ts';
import type { SqlClient } from '../../sql/client.ts';
import { deadLetterRow } from './dead-letter-row.ts';
import type { Block, DeadLetter, Ledger, MaxOffsets, RangeCount } from './protocol/ports.ts';
import { asRefusal } from './refusal.ts';

/** Reason of the row that declares offsets lost: it accounts for nothing, its detail names the range. */
export const LOST = 'lost' satisfies DeadLetterReason;

/**
 * Event times of one batch may span years, and the view's table is partitioned by their month: no limit may refuse that.
 * What the view's table replaces it replaces when it merges and under FINAL; doing it in each new part as well would cost
 * a fifth of the insert.
 */
const BLOCK_SETTINGS = { max_partitions_per_insert_block: '0', optimize_on_insert: 0 } as const;

/** The ledger of one partition: `raw_<type>` and `raw_dead_letters` in ClickHouse. */
export function createClickHouseLedger(sql: SqlClient, type: EventType, partition: number): Ledger {
  const { raw_table, topic } = type;
  const place = { topic, partition };
  const insertLetter = (letter: DeadLetter): Promise<void> =>
    sql.insertLines({
      table: 'raw_dead_letters',
      lines: deadLetterRow(topic, partition, letter),
      // The same row again replaces itself; by its digest it could be dropped although a crash took the first one.
      settings: { insert_deduplicate: 0 },
    });
  return {
    async insert(block: Block, token: string, query_id: string): Promise<void> {
      try {
        await sql.insertLines({
          table: raw_table,
          lines: block.lines,
          deduplication_token: token,
          query_id,
          settings: BLOCK_SETTINGS,
        });
      } catch (error) {
        throw asRefusal(error);
      }
    },
    kill: (query_id) => sql.killQuery(query_id),
    async count(first, last): Promise<RangeCount> {
      const params = { raw: raw_table, ...place, first, last };
      const [row] = await sql.queryFile<RangeCount>('queries/sink/count-range.sql', { params });
      if (row === undefined) throw new Error('a count returned no row');
      return row;
    },
    async maxOffsets(): Promise<MaxOffsets> {
      const params = { raw: raw_table, ...place };
      const [row] = await sql.queryFile<MaxOffsets>('queries/sink/max-offsets.sql', { params });
      if (row === undefined) throw new Error('a maximum returned no row');
      return row;
    },
    rederive(first, last): Promise<void> {
      const params = { raw: raw_table, by_key: `${raw_table}_by_key`, ...place, first, last };
      return sql.commandFile('queries/sink/rederive.sql', { params });
    },
    setAside: insertLetter,
    async isSetAside(offset): Promise<boolean> {
      const params = { ...place, offset };
      const [row] = await sql.queryFile<{ letters: number }>('queries/sink/is-set-aside.sql', { params });
      return (row?.letters ?? 0) > 0;
    },
    declareLoss(first, last): Promise<void> {
      const detail = `Kafka no longer has offsets ${first} to ${last}, which were never stored`;
      return insertLetter({
        delivery: { offset: first, key: null, value: null },
        reason: { code: LOST, detail },
        dead_at_ms: Date.now(),
      });
    },
  };
}
