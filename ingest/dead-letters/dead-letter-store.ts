import type { SqlClient } from '../../sql/client.ts';
import { topicName, type Producer } from '../kafka.ts';
import { LOST } from '../sink/clickhouse-ledger.ts';

/** Which dead letters; what is left out does not narrow. */
export interface DeadLetterFilter {
  readonly topic?: string;
  readonly reason?: string;
  readonly partition?: number;
  readonly offset?: number;
  /** Also those that were sent again already. */
  readonly replayed: boolean;
  readonly limit: number;
}

export interface DeadLetterEntry {
  /** As in the contract, without a prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
  readonly detail: string;
  readonly value_bytes: number;
  /** RFC 3339. */
  readonly dead_at: string;
  readonly replayed_at: string | null;
}

export interface DeadLetterContent {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Newest first. */
export function listDeadLetters(sql: SqlClient, filter: DeadLetterFilter): Promise<DeadLetterEntry[]> {
  const { topic = null, reason = null, partition = null, offset = null, replayed, limit } = filter;
  const params = { topic, reason, partition, offset, replayed, limit };
  return sql.queryFile<DeadLetterEntry>('queries/dead-letters/list.sql', { params });
}

/** The original bytes. Throws when there is no such letter. */
export async function readDeadLetter(sql: SqlClient, entry: DeadLetterEntry): Promise<DeadLetterContent> {
  const [row] = await sql.queryFile<{ key_base64: string; value_base64: string }>(
    'queries/dead-letters/content.sql',
    { params: placeOf(entry) },
  );
  if (row === undefined) throw new Error(`there is no dead letter at ${nameOf(entry)}`);
  return { key: Buffer.from(row.key_base64, 'base64'), value: Buffer.from(row.value_base64, 'base64') };
}

/**
 * Sends a dead letter to its topic again, acknowledged by all replicas, and then marks it. A crash between the two
 * leaves it unmarked: sent a second time it changes no figure, for the event keeps its source and id.
 */
export async function replayDeadLetter(
  sql: SqlClient,
  producer: Producer,
  prefix: string,
  entry: DeadLetterEntry,
  corrected?: Buffer,
): Promise<void> {
  if (entry.reason === LOST) throw new Error(`${nameOf(entry)} declares a loss: there is nothing to send`);
  const { key, value } = await readDeadLetter(sql, entry);
  await producer.send({
    topic: topicName(entry.topic, prefix),
    acks: -1,
    messages: [
      {
        key: key.length === 0 ? null : key,
        value: corrected ?? value,
        headers: { replay_of: nameOf(entry) },
      },
    ],
  });
  await sql.commandFile('queries/dead-letters/mark-replayed.sql', { params: placeOf(entry) });
}

function placeOf({ topic, partition, offset }: DeadLetterEntry): Record<string, unknown> {
  return { topic, partition, offset };
}

/** `topic:partition:offset`, the key of the letter on the dead-letter topic. */
export function nameOf({ topic, partition, offset }: DeadLetterEntry): string {
  return `${topic}:${partition}:${offset}`;
}
