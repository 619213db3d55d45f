import type { DeadLetterReason } from '../../models/contract/dead-letters.ts';
import type { EventType } from '../../models/contract/event-type.ts';
import type { LinesInsert, SqlClient } from '../../sql/client.ts';
import type { ServerDoubt } from '../program/server-doubt.ts';
import { RangeCounts } from './batch/range-counts.ts';
import { SharedInserts } from './batch/shared-inserts.ts';
import type { StoredPositions } from './batch/stored-positions.ts';
import type { Turns } from './batch/turns.ts';
import { deadLetterRow } from './dead-letter-row.ts';
import { sharedNameOf } from './protocol/intent.ts';
import {
  BrokenLedgerError,
  RECENT_MS,
  RefusedError,
  type DeadLetter,
  type Ledger,
  type MaxOffsets,
} from './protocol/ports.ts';
import { asRefusal } from './refusal.ts';

/** Reason of the row that declares offsets lost: it accounts for nothing, its detail names the range. */
export const LOST = 'lost' satisfies DeadLetterReason;

/**
 * Event times of one batch may span years, and the view's table is partitioned by their month: no limit may refuse that.
 * What the view's table replaces it replaces when it merges and under FINAL; doing it in each new part as well would cost
 * a fifth of the insert.
 */
const BLOCK_SETTINGS = { max_partitions_per_insert_block: '0', optimize_on_insert: 0 } as const;

/** What the partitions of one topic do together. */
export interface TopicLedger {
  readonly shared: SharedInserts;
  readonly counts: RangeCounts;
}

export function createTopicLedger(sql: SqlClient, type: EventType, turns: Turns): TopicLedger {
  return {
    shared: new SharedInserts((blocks, token, query_id) => {
      const ranges = [...blocks].map(([partition, { first, last }]) => `${partition}:${first}-${last}`);
      // Its name tells nothing of its blocks: the server's query log does.
      const log_comment = `${type.topic} ${ranges.join(' ')}`;
      const lines = [...blocks.values()].map((block) => block.lines);
      return insertBlocks(sql, type, lines, token, query_id, { log_comment });
    }, turns),
    counts: new RangeCounts(sql, type),
  };
}

async function insertBlocks(
  sql: SqlClient,
  type: EventType,
  lines: Buffer | readonly Buffer[],
  deduplication_token: string,
  query_id: string,
  settings: LinesInsert['settings'],
): Promise<void> {
  try {
    await sql.insertLines({
      table: type.raw_table,
      lines,
      deduplication_token,
      query_id,
      settings: { ...BLOCK_SETTINGS, ...settings },
    });
  } catch (error) {
    throw asRefusal(error);
  }
}

/**
 * The ledger of one partition: `raw_<type>` and `raw_dead_letters` in ClickHouse. Nothing is put behind rows that are gone: a server that
 * was started anew is asked first whether all before is there, or the gap would be taken for accounted for by whoever comes next.
 */
export function createClickHouseLedger(
  sql: SqlClient,
  type: EventType,
  partition: number,
  { shared, counts }: TopicLedger,
  positions: StoredPositions,
  doubt: ServerDoubt,
): Ledger {
  const { raw_table, topic } = type;
  const place = { topic, partition };
  const insertLetter = (letter: DeadLetter): Promise<void> =>
    sql.insertLines({
      table: 'raw_dead_letters',
      lines: deadLetterRow(topic, partition, letter),
      // The same row again replaces itself; by its digest it could be dropped although a crash took the first one.
      settings: { insert_deduplicate: 0 },
    });
  /** Causes for doubt when this partition's rows were last looked at. */
  let looked = -1;
  const maxOffsets = async (): Promise<MaxOffsets> => {
    const { causes } = doubt;
    const max = await positions.ask(type, partition);
    looked = causes;
    return max;
  };
  const assertAllBefore = async (first: number): Promise<void> => {
    if (looked === doubt.causes) return;
    const next = ((await maxOffsets()).accounted ?? -1) + 1;
    if (next >= first) return;
    // The next owner, which is this program started anew, begins there.
    throw new BrokenLedgerError(
      `${topic}/${partition}: ClickHouse holds nothing from offset ${next} on, though all up to ${first - 1} had been stored: it was put back to an earlier state`,
    );
  };
  return {
    async insert(block, token, query_id): Promise<void> {
      await assertAllBefore(block.first);
      const name = sharedNameOf(query_id);
      try {
        if (name === null) await insertBlocks(sql, type, block.lines, token, query_id, {});
        else await shared.insert(name, partition, block, token, query_id);
      } catch (error) {
        if (!(error instanceof RefusedError)) doubt.add();
        throw error;
      }
    },
    kill: (query_id) => sql.killQuery(query_id),
    count: (first, last) => counts.ask({ partition, first, last }),
    maxOffsets,
    async recentFrom(stored, least): Promise<number> {
      const params = { raw: raw_table, ...place, stored, least, recent_ms: RECENT_MS };
      const [row] = await sql.queryFile<{ first: number }>('queries/sink/recent-from.sql', { params });
      if (row === undefined) throw new Error('a minimum returned no row');
      return row.first;
    },
    rederive(first, last): Promise<void> {
      const params = { raw: raw_table, by_key: `${raw_table}_by_key`, ...place, first, last };
      return sql.commandFile('queries/sink/rederive.sql', { params });
    },
    async setAside(letter): Promise<void> {
      await assertAllBefore(letter.delivery.offset);
      await insertLetter(letter);
    },
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
