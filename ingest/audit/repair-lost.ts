import type { SqlClient } from '../../sql/client.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { messageLines } from './message-lines.ts';
import { rangesOf, type OffsetRange } from './ranges.ts';
import { readLog, type LogMessage } from './read-log.ts';
import { mended, type Damage, type RepairOptions } from './damage.ts';
import type { Repair } from './report.ts';

/** A token that is known without its rows being there is salted so often. */
const SALTS_MAX = 3;

/**
 * Stores lost ranges from Kafka: rows as the sink makes them, one block a chunk, under tokens of the audit's own, read
 * back. Through the ledger, so that its view fills the copy in reading order. What ClickHouse refuses becomes a dead
 * letter (in the table; nothing is published). Interrupted, it is safe to be run again: a new audit finds what is still lost.
 */
export async function storeLost(options: RepairOptions, lost: readonly Damage[]): Promise<Repair[]> {
  const repairs: Repair[] = [];
  await readLog(options.kafka, options.group, lost, async ({ range, first, last, messages }) => {
    const letters = await storeMessages(options.sql, range, messages);
    const detail = letters === 0 ? 'stored' : `stored, ${letters} of them as dead letters`;
    repairs.push(mended(range, 'lost', { first, last }, detail));
  });
  return repairs;
}

/** Stores messages in blocks; the number of those that became dead letters. */
async function storeMessages(
  sql: SqlClient,
  damage: Damage,
  messages: readonly LogMessage[],
): Promise<number> {
  const byOffset = new Map(messages.map((message) => [message.offset, message]));
  const pieces: (readonly LogMessage[])[] = rangesOf(byOffset.keys())
    .map(({ first, last }) => messages.filter(({ offset }) => offset >= first && offset <= last))
    .reverse();
  let letters = 0;
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    const refusal = await storeBlock(sql, damage, piece);
    if (refusal === null) continue;
    const [only] = piece;
    if (piece.length === 1 && only !== undefined) {
      await setAside(sql, damage, only, refusal);
      letters += 1;
    } else {
      pieces.push(piece.slice(piece.length >> 1), piece.slice(0, piece.length >> 1));
    }
  }
  return letters;
}

/** Stores messages of consecutive offsets. Why ClickHouse refuses them, or null when they are stored. */
async function storeBlock(
  sql: SqlClient,
  damage: Damage,
  messages: readonly LogMessage[],
): Promise<string | null> {
  const { type, topic, partition } = damage.position;
  const range = { first: messages[0]?.offset ?? NaN, last: messages.at(-1)?.offset ?? NaN };
  const place = { _topic: topic, _partition: partition, _ingested_at: new Date().toISOString() };
  const lines = messageLines(messages, place);
  if (lines === null) return 'the value is not a JSON object';
  const params = { raw: type.raw_table, topic, partition, ...range };
  for (let salt = 0; salt <= SALTS_MAX; salt += 1) {
    const rows = await rowsOf(sql, params);
    if (rows === messages.length) {
      await sql.commandFile('queries/sink/rederive.sql', {
        params: { ...params, by_key: `${type.raw_table}_by_key` },
      });
      return null;
    }
    const name = `${topic}/${partition}: offsets ${range.first}-${range.last}`;
    if (rows !== 0) throw new Error(`${name} were lost and now have ${rows} rows: somebody else writes them`);
    try {
      await sql.insertLines({
        table: type.raw_table,
        lines,
        deduplication_token: `audit:${topic}:${partition}:${range.first}-${range.last}#${salt}`,
      });
    } catch (error) {
      if (error instanceof SqlError && error.server_code !== null && !error.retriable) return error.message;
      throw error;
    }
  }
  throw new Error(
    `${topic}/${partition}: ClickHouse acknowledges offsets ${range.first}-${range.last} and has no rows`,
  );
}

async function rowsOf(sql: SqlClient, params: OffsetRange & Record<string, unknown>): Promise<number> {
  const [row] = await sql.queryFile<{ rows: number }>('queries/sink/count-range.sql', { params });
  if (row === undefined) throw new Error('a count returned no row');
  return row.rows;
}

const DETAIL_CHARS_MAX = 500;

/** Key and value are bytes: as Latin-1 they pass through JSON unchanged, and so must the text beside them. */
async function setAside(sql: SqlClient, damage: Damage, message: LogMessage, refusal: string): Promise<void> {
  const letter = {
    _topic: damage.position.topic,
    _partition: damage.partition,
    _offset: message.offset,
    reason: 'refused',
    detail: Buffer.from(refusal.slice(0, DETAIL_CHARS_MAX)).toString('latin1'),
    key: message.key?.toString('latin1') ?? '',
    value: message.value?.toString('latin1') ?? '',
    dead_at: new Date().toISOString(),
  };
  await sql.insertLines({ table: 'raw_dead_letters', lines: Buffer.from(JSON.stringify(letter), 'latin1') });
}
