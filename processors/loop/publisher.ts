import type { Producer } from '../../ingest/kafka.ts';
import { CompressionTypes } from '../../ingest/kafka.ts';
import type { PatchOp } from '../../models/contract/live.ts';
import type { ResultMessage } from '../../models/contract/results.ts';
import type { SqlClient } from '../../sql/client.ts';
import type { LiveSet } from '../processor.ts';

/** Ops in one message at most: far below Kafka's 1 MB for the largest row. */
const OPS_PER_MESSAGE_MAX = 200;

/** Takes the messages of one run to whoever serves the wallboard; resolves when they are safe. */
export type Send = (messages: readonly ResultMessage[]) => Promise<void>;

/** Sends results to Kafka, acknowledged by all replicas; the key keeps the messages of a live topic in order. */
export function sendToKafka(producer: Producer, topic: string): Send {
  return async (messages) => {
    if (messages.length === 0) return;
    await producer.send({
      topic,
      acks: -1,
      compression: CompressionTypes.GZIP,
      messages: messages.map((message) => ({ key: message.topic, value: JSON.stringify(message) })),
    });
  };
}

interface LiveRowRecord {
  readonly topic: string;
  readonly processor: string;
  readonly key: string;
  readonly row: string;
}

/**
 * Publishes what changed. Every published row also stands in `mart_live_rows`, from which the server seeds its state and
 * from which the publisher knows, after a restart, which rows to delete. At least once: what Kafka did not acknowledge or
 * the table did not take goes to both again with the processor's next run; applying an op twice changes nothing. The first
 * set of each processor and topic after a start is sent in full.
 */
export class Publisher {
  readonly #sql: SqlClient;
  readonly #send: Send;
  /** `processor|topic` → key → the row as it was last published, JSON; null = published by an earlier process. */
  readonly #published = new Map<string, Map<string, string | null>>();

  private constructor(sql: SqlClient, send: Send) {
    this.#sql = sql;
    this.#send = send;
  }

  static async load(sql: SqlClient, send: Send): Promise<Publisher> {
    const publisher = new Publisher(sql, send);
    const rows = await sql.queryFile<LiveRowRecord>('queries/processors/live-rows.sql');
    for (const row of rows) publisher.#known(row.processor, row.topic).set(row.key, null);
    return publisher;
  }

  /** Number of ops that went out. */
  async publish(processor: string, set: LiveSet, version: number): Promise<number> {
    const known = this.#known(processor, set.topic);
    const rows = new Map([...set.rows].map(([key, row]) => [key, JSON.stringify(row)]));
    const puts = [...rows].filter(([key, row]) => known.get(key) !== row).map(([key]) => key);
    const dels = [...known.keys()].filter((key) => !rows.has(key));
    if (puts.length + dels.length === 0) return 0;

    const updated_at = new Date(version).toISOString();
    const record = (key: string, row: string, is_deleted: 0 | 1): object => ({
      topic: set.topic,
      key,
      processor,
      row,
      as_of: set.as_of,
      updated_at,
      is_deleted,
    });
    const records = [
      ...puts.map((key) => record(key, rows.get(key) ?? '', 0)),
      ...dels.map((key) => record(key, '', 1)),
    ];
    const ops: PatchOp[] = [
      ...dels.map((key) => ({ op: 'del' as const, key })),
      ...puts.map((key) => ({ op: 'put' as const, key, row: set.rows.get(key) })),
    ];
    // First the table: a server that starts now takes the end of the results, then reads the rows. What it does not get from Kafka
    // any more must stand there.
    await this.#sql.insertRows('raw_live_rows', records);
    await this.#send(messagesOf(ops, processor, set));
    for (const key of dels) known.delete(key);
    for (const key of puts) known.set(key, rows.get(key) ?? '');
    return ops.length;
  }

  #known(processor: string, topic: string): Map<string, string | null> {
    const name = `${processor}|${topic}`;
    const known = this.#published.get(name) ?? new Map<string, string | null>();
    this.#published.set(name, known);
    return known;
  }
}

function messagesOf(ops: readonly PatchOp[], processor: string, set: LiveSet): ResultMessage[] {
  const messages: ResultMessage[] = [];
  for (let at = 0; at < ops.length; at += OPS_PER_MESSAGE_MAX) {
    messages.push({
      topic: set.topic,
      as_of: set.as_of,
      processor,
      ops: ops.slice(at, at + OPS_PER_MESSAGE_MAX),
    });
  }
  return messages;
}
