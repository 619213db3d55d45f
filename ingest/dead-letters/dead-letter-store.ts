import { eventTypeByTopic } from '../../models/contract/registry.ts';
import type { SqlClient } from '../../sql/client.ts';
import { postEvent, type FrontDoor, type Refusal } from './front-door.ts';
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
 * Sends a dead letter in again at the front door, as any feed would, and marks it once it is accepted. What is still
 * wrong is refused there, in words, and stays open: the result says why. A crash before the mark leaves it open: sent a
 * second time it changes no figure, for the event keeps its source and id.
 */
export async function replayDeadLetter(
  sql: SqlClient,
  door: FrontDoor,
  entry: DeadLetterEntry,
  corrected?: Buffer,
): Promise<Refusal | null> {
  if (entry.reason === LOST) throw new Error(`${nameOf(entry)} declares a loss: there is nothing to send`);
  const type = eventTypeByTopic(entry.topic);
  if (type === undefined) throw new Error(`no event type travels on ${entry.topic}`);
  const value = corrected ?? (await readDeadLetter(sql, entry)).value;
  const refusal = await postEvent(door, type, value);
  if (refusal !== null) return refusal;
  await sql.commandFile('queries/dead-letters/mark-replayed.sql', { params: placeOf(entry) });
  return null;
}

function placeOf({ topic, partition, offset }: DeadLetterEntry): Record<string, unknown> {
  return { topic, partition, offset };
}

/** `topic:partition:offset`, the key of the letter on the dead-letter topic. */
export function nameOf({ topic, partition, offset }: DeadLetterEntry): string {
  return `${topic}:${partition}:${offset}`;
}
