import { randomUUID } from 'node:crypto';
import { KEYS_TOPIC } from '../../models/contract/topics.ts';
import {
  ensureTopics,
  fetchTopicOffsets,
  topicName,
  type Admin,
  type Consumer,
  type EachBatchPayload,
  type Kafka,
} from '../kafka.ts';
import type { Logger } from '../program/program.ts';
import { parseKeyRecord, type KeyRecord } from './key-record.ts';
import type { KeyLookup } from './permit.ts';

/** So long may the topic take to be read to its end; then the start fails. It holds a few hundred bytes a key. */
export const KEYS_LOAD_TIMEOUT_MS = 60_000;

/** How long the broker may hold a fetch that finds nothing new. A revocation is seen at once, not after this. */
const FETCH_WAIT_MS = 500;

/** Where the directory reads from, and whom it tells when it can read no more. */
export interface KeyDirectoryOptions {
  readonly kafka: Kafka;
  readonly topicPrefix: string;
  readonly log: Logger;
  /** Its reader ended for good: revocations are seen no more, so the program must end. */
  readonly onFailure: (error: Error) => void;
}

/**
 * The keys, in memory: the topic `dms.keys.v1`, read to its end at the start and followed from then on, so that a key
 * that was added or revoked counts within a second in every program. While Kafka is away it answers as it last knew.
 *
 * kafkajs has no reader without a group: each directory has a group of its own that commits nothing and is deleted at
 * the stop; the broker forgets by itself the empty group of a program that was killed.
 */
export class KeyDirectory implements KeyLookup {
  readonly #byHash = new Map<string, KeyRecord>();
  readonly #listeners = new Set<(record: KeyRecord) => void>();
  readonly #consumer: Consumer;
  readonly #admin: Admin;
  readonly #groupId: string;
  readonly #log: Logger;

  private constructor({ kafka, topicPrefix, log }: KeyDirectoryOptions) {
    this.#groupId = topicName(`dms.keys.${randomUUID()}`, topicPrefix);
    this.#admin = kafka.admin();
    this.#consumer = kafka.consumer({ groupId: this.#groupId, maxWaitTimeInMs: FETCH_WAIT_MS });
    this.#log = log;
  }

  /** Resolves when every key that was in the topic at the call is known. @throws when Kafka cannot be read. */
  static async start(options: KeyDirectoryOptions): Promise<KeyDirectory> {
    const directory = new KeyDirectory(options);
    try {
      await directory.#load(topicName(KEYS_TOPIC, options.topicPrefix), options);
      return directory;
    } catch (error) {
      await directory.stop();
      throw error;
    }
  }

  /** The key of that SHA-256 (hex), unless it is unknown or revoked. */
  find(hash: string): KeyRecord | undefined {
    const record = this.#byHash.get(hash);
    return record?.revoked_at === undefined ? record : undefined;
  }

  /** Every key, revoked ones too, oldest first. */
  list(): KeyRecord[] {
    return [...this.#byHash.values()].toSorted((a, b) => a.created_at.localeCompare(b.created_at));
  }

  /** Calls `listener` with each key that is added or changed from now on; returns what ends that. */
  onChange(listener: (record: KeyRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Leaves Kafka; what is known stays readable. */
  async stop(): Promise<void> {
    await this.#consumer.disconnect();
    try {
      await this.#admin.deleteGroups([this.#groupId]);
    } catch (error) {
      this.#log.debug({ err: error, group: this.#groupId }, 'the group was not deleted');
    }
    await this.#admin.disconnect();
  }

  async #load(topic: string, { topicPrefix, onFailure }: KeyDirectoryOptions): Promise<void> {
    await this.#admin.connect();
    await ensureTopics(this.#admin, topicPrefix);
    const [end] = await fetchTopicOffsets(this.#admin, topic);
    if (end === undefined) throw new Error(`${topic} has no partition`);
    await this.#consumer.connect();
    this.#consumer.on(this.#consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) onFailure(payload.error);
    });
    await this.#consumer.subscribe({ topics: [topic], fromBeginning: true });
    // Below `high` there is always a record to arrive: compaction keeps the last record of each key, keys are never
    // deleted by a tombstone, and no transaction marker is written here. An emptied log has low = high.
    const loaded = this.#follow(BigInt(end.high), end.low === end.high);
    await withTimeout(loaded, KEYS_LOAD_TIMEOUT_MS, `reading ${topic}`);
    this.#log.info({ keys: this.#byHash.size }, 'keys loaded');
  }

  /**
   * Applies every message; resolves once all below `end` are applied (an empty log: once its group is joined, because
   * kafkajs, disconnected while it joins, restarts itself for ever), rejects when the reader cannot begin.
   */
  #follow(end: bigint, empty: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const eachBatch = ({ batch }: EachBatchPayload): Promise<void> => {
        for (const { value } of batch.messages) this.#apply(value);
        if (BigInt(batch.lastOffset()) + 1n >= end) resolve();
        return Promise.resolve();
      };
      this.#consumer.run({ autoCommit: false, eachBatch }).then(() => {
        if (empty) resolve();
      }, reject);
    });
  }

  #apply(value: Buffer | null): void {
    const record = parseKeyRecord(value);
    if (record === undefined) {
      this.#log.warn('a message of the keys topic is no key record; it is left out');
      return;
    }
    this.#byHash.set(record.hash, record);
    for (const listener of this.#listeners) listener(record);
  }
}

async function withTimeout(promise: Promise<void>, timeout_ms: number, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} took more than ${timeout_ms / 1000} s`));
    }, timeout_ms);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
