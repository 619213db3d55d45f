import { KEYS_TOPIC } from '../../models/contract/topics.ts';
import type { Kafka } from '../kafka.ts';
import type { Logger } from '../program/program.ts';
import { TopicFollower } from '../topic-follower.ts';
import { parseKeyRecord, type KeyRecord } from './key-record.ts';
import type { KeyLookup } from './permit.ts';

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
 */
export class KeyDirectory implements KeyLookup {
  readonly #byHash = new Map<string, KeyRecord>();
  readonly #listeners = new Set<(record: KeyRecord) => void>();
  readonly #log: Logger;
  #follower: TopicFollower | undefined;

  private constructor(log: Logger) {
    this.#log = log;
  }

  /** Resolves when every key that was in the topic at the call is known. @throws when Kafka cannot be read. */
  static async start(options: KeyDirectoryOptions): Promise<KeyDirectory> {
    const directory = new KeyDirectory(options.log);
    directory.#follower = await TopicFollower.start({
      ...options,
      topic: KEYS_TOPIC,
      apply: (value) => {
        directory.#apply(value);
      },
    });
    options.log.info({ keys: directory.#byHash.size }, 'keys loaded');
    return directory;
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
    await this.#follower?.stop();
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
