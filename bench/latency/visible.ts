import type { SqlClient } from '../../sql/client.ts';

/** Where a marked event lies: its tick, its place in Kafka. */
export interface Mark {
  readonly tick: number;
  readonly partition: number;
  readonly offset: number;
}

interface Block {
  readonly first: number;
  readonly last: number;
  readonly at_ms: number;
}

/** The marked events of one ledger: those whose id is `<prefix><tick>` or `<prefix><tick>-…`. */
export async function marksIn(
  sql: SqlClient,
  raw: 'raw_orders' | 'raw_scans',
  prefix: string,
): Promise<Mark[]> {
  const rows = await sql.query<{ tick: number; partition: number; offset: number }>(
    `SELECT toUInt32(splitByChar('-', substring(event_id, length({prefix: String}) + 1))[1]) AS tick, _partition AS partition, _offset AS offset
     FROM ${raw} WHERE startsWith(event_id, {prefix: String}) ORDER BY _partition, _offset`,
    { params: { prefix } },
  );
  return rows;
}

const PLACE = /:(?<topic>[^:]+):(?<partition>\d+):(?<first>\d+)-(?<last>\d+):\d+$/;
const RANGE = /^(?<partition>\d+):(?<first>\d+)-(?<last>\d+)$/;

/**
 * When each block of a topic was in ClickHouse: the end of its insert by the server's own clock, out of system.query_log
 * (the sink names its inserts by the offsets in them, and says in their comment what those hold that partitions share). Asked
 * afterwards, so that nothing is added to what is measured.
 */
export async function blocksOf(
  sql: SqlClient,
  database: string,
  topic: string,
): Promise<Map<number, Block[]>> {
  await sql.command('SYSTEM FLUSH LOGS query_log');
  const rows = await sql.query<{ query_id: string; log_comment: string; at_ms: number }>(
    `SELECT query_id, log_comment, toUnixTimestamp64Micro(event_time_microseconds) / 1000 AS at_ms
     FROM system.query_log
     WHERE type = 'QueryFinish' AND startsWith(query_id, {start: String}) AND written_rows > 0
     ORDER BY event_time_microseconds`,
    { params: { start: `sink:${database}/` } },
  );
  const blocks = new Map<number, Block[]>();
  for (const { query_id, log_comment, at_ms } of rows) {
    const place = PLACE.exec(query_id)?.groups;
    const [of, ...ranges] = log_comment.split(' ');
    const held =
      place === undefined
        ? ranges.map((range) => ({ topic: of, ...RANGE.exec(range)?.groups }) as Record<string, string>)
        : [place];
    for (const one of held) {
      if (one['topic'] !== topic) continue;
      const partition = Number(one['partition']);
      const block = { first: Number(one['first']), last: Number(one['last']), at_ms };
      blocks.set(partition, [...(blocks.get(partition) ?? []), block]);
    }
  }
  return blocks;
}

/** When a marked event was in ClickHouse; null when no block holds it. */
export function visibleAt(blocks: ReadonlyMap<number, readonly Block[]>, mark: Mark): number | null {
  const found = blocks
    .get(mark.partition)
    ?.find(({ first, last }) => first <= mark.offset && mark.offset <= last);
  return found?.at_ms ?? null;
}
