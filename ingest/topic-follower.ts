import { randomUUID } from 'node:crypto';
import {
  ensureTopics,
  fetchTopicOffsets,
  topicName,
  type Admin,
  type Consumer,
  type EachBatchPayload,
  type Kafka,
} from './kafka.ts';
import type { Logger } from './program/program.ts';

/** So long may a topic take to be read to its end; then the start fails. */
const LOAD_TIMEOUT_MS = 60_000;

/** How long the broker may hold a fetch that finds nothing new. What is written is seen at once, not after this. */
const FETCH_WAIT_MS = 500;

/** Which topic to read, and whom to tell. */
export interface TopicFollowerOptions {
  readonly kafka: Kafka;
  readonly topicPrefix: string;
  /** Without the prefix. */
  readonly topic: string;
  readonly log: Logger;
  /** Called with every message, those of one partition in their order. */
  readonly apply: (value: Buffer | null, at: { readonly partition: number; readonly offset: number }) => void;
  /** The reader ended for good: what is written from then on is not seen. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Reads a topic that is kept for ever to its end, and follows it from then on. While Kafka is away nothing new is seen.
 *
 * kafkajs has no reader without a group: each follower has a group of its own that commits nothing and is deleted at the
 * stop; the broker forgets by itself the empty group of a program that was killed.
 */
export class TopicFollower {
  readonly #options: TopicFollowerOptions;
  readonly #consumer: Consumer;
  readonly #admin: Admin;
  readonly #groupId: string;

  private constructor(options: TopicFollowerOptions) {
    this.#options = options;
    this.#groupId = topicName(`${options.topic}.${randomUUID()}`, options.topicPrefix);
    this.#admin = options.kafka.admin();
    this.#consumer = options.kafka.consumer({ groupId: this.#groupId, maxWaitTimeInMs: FETCH_WAIT_MS });
  }

  /** Resolves when every message that was in the topic at the call is applied. @throws when Kafka cannot be read. */
  static async start(options: TopicFollowerOptions): Promise<TopicFollower> {
    const follower = new TopicFollower(options);
    try {
      await follower.#load();
      return follower;
    } catch (error) {
      await follower.stop();
      throw error;
    }
  }

  /** Leaves Kafka. */
  async stop(): Promise<void> {
    await this.#consumer.disconnect();
    try {
      await this.#admin.deleteGroups([this.#groupId]);
    } catch (error) {
      this.#options.log.debug({ err: error, group: this.#groupId }, 'the group was not deleted');
    }
    await this.#admin.disconnect();
  }

  async #load(): Promise<void> {
    const { topicPrefix, onFailure } = this.#options;
    const topic = topicName(this.#options.topic, topicPrefix);
    await this.#admin.connect();
    await ensureTopics(this.#admin, topicPrefix);
    const offsets = await fetchTopicOffsets(this.#admin, topic);
    if (offsets.length === 0) throw new Error(`${topic} has no partition`);
    await this.#consumer.connect();
    this.#consumer.on(this.#consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) onFailure(payload.error);
    });
    await this.#consumer.subscribe({ topics: [topic], fromBeginning: true });
    // Below `high` there is always a record to arrive: compaction keeps the last record of each key, nothing is deleted by
    // a tombstone, and no transaction marker is written to these topics. An emptied log has low = high.
    const ends = offsets
      .filter(({ low, high }) => low !== high)
      .map(({ partition, high }) => [partition, BigInt(high)] as const);
    await withTimeout(this.#follow(new Map(ends)), `reading ${topic}`);
  }

  /**
   * Applies every message; resolves once all below the partitions' `ends` are applied (empty logs: once the group is
   * joined, because kafkajs, disconnected while it joins, restarts itself for ever), rejects when the reader cannot begin.
   */
  #follow(ends: Map<number, bigint>): Promise<void> {
    return new Promise((resolve, reject) => {
      const eachBatch = ({ batch }: EachBatchPayload): Promise<void> => {
        for (const { value, offset } of batch.messages)
          this.#options.apply(value, { partition: batch.partition, offset: Number(offset) });
        if (BigInt(batch.lastOffset()) + 1n >= (ends.get(batch.partition) ?? 0n))
          ends.delete(batch.partition);
        if (ends.size === 0) resolve();
        return Promise.resolve();
      };
      this.#consumer.run({ autoCommit: false, eachBatch }).then(() => {
        if (ends.size === 0) resolve();
      }, reject);
    });
  }
}

async function withTimeout(promise: Promise<void>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} took more than ${LOAD_TIMEOUT_MS / 1000} s`));
    }, LOAD_TIMEOUT_MS);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
