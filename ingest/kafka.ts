import kafkajs, { type Admin, type ITopicConfig, type LogEntry, type Producer } from 'kafkajs';
import pRetry from 'p-retry';
import { TOPICS, type TopicSpec } from '../models/contract/topics.ts';
import { keyPartitioner } from './key-partitioner.ts';
import type { Logger } from './program/program.ts';

/** The only file that imports kafkajs: whoever speaks to Kafka does it through here. */
export type { Admin, Cluster, Consumer, EachBatchPayload, PartitionAssigner, Producer } from 'kafkajs';

// kafkajs is CommonJS and builds its exports with a spread, in which Node finds no names to import one by one.
const { Kafka, KafkaJSError, logLevel } = kafkajs;
export const { CompressionTypes, KafkaJSNonRetriableError, PartitionAssigners, Partitioners } = kafkajs;
export type Kafka = InstanceType<typeof Kafka>;

/** So long a broker may take to answer one request. */
const KAFKA_REQUEST_TIMEOUT_MS = 30_000;

/** A client. kafkajs logs through `log`; its retries are bounded (about a minute in all), then it throws. */
export function createKafka(options: {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly log: Logger;
}): Kafka {
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 5_000,
    requestTimeout: KAFKA_REQUEST_TIMEOUT_MS,
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 15 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      writeLog(options.log, entry);
    },
  });
}

/**
 * A producer whose retries neither double nor reorder: idempotent, one request in flight, the same partition for a key
 * as every other client of Kafka chooses. Its sends fail after the client's bounded retries; whoever sends again after
 * that may double, and must send events whose ids make that harmless. After a failed send this producer must not be used
 * again: kafkajs takes its sequence number back, and if the broker had written that batch, the next one, under the same
 * number, is dropped as its duplicate though it is acknowledged. `EventWriter` takes a new producer by itself.
 */
export function idempotentProducer(kafka: Kafka): Producer {
  return kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: keyPartitioner,
  });
}

function writeLog(log: Logger, entry: LogEntry): void {
  const { message, timestamp, ...fields } = entry.log;
  const line = { kafka: entry.namespace, kafka_time: timestamp, ...fields };
  switch (entry.level) {
    case logLevel.ERROR:
      log.error(line, message);
      break;
    case logLevel.WARN:
      log.warn(line, message);
      break;
    default:
      log.debug(line, message);
  }
}

/** The topic's name on the broker. */
export function topicName(topic: string, prefix: string): string {
  return prefix + topic;
}

/** The topic's name in the contract, given its name on the broker. */
export function bareTopic(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/**
 * Creates the topics that are missing; those that exist are left as they are. Safe to call from several programs at once.
 * `replicationFactor` is as many as there are brokers, at most 3.
 */
export async function ensureTopics(
  admin: Admin,
  prefix: string,
  specs: readonly TopicSpec[] = TOPICS,
): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = specs.filter((spec) => !existing.has(topicName(spec.topic, prefix)));
  if (missing.length === 0) return;
  const { brokers } = await admin.describeCluster();
  const topics: ITopicConfig[] = missing.map((spec) => ({
    topic: topicName(spec.topic, prefix),
    numPartitions: spec.partitions,
    replicationFactor: Math.min(3, brokers.length),
    configEntries: Object.entries(spec.config).map(([name, value]) => ({ name, value })),
  }));
  try {
    await admin.createTopics({ topics, waitForLeaders: false });
  } catch (error) {
    if (!isOnlyAlreadyExists(error)) throw error;
  }
  await untilLed(
    admin,
    topics.map(({ topic }) => topic),
  );
}

/** How often a new topic's partitions are asked for while they find their leaders: about a minute in all, for a disk may be busy. */
const LEADER_RETRIES = 63;
const LEADER_PAUSE_MS_MAX = 1_000;

/** Waits until every partition of new topics has a leader. (kafkajs's own wait fails where the broker does not know them yet.) */
async function untilLed(admin: Admin, topics: string[]): Promise<void> {
  await retryWhileUnled(async () => {
    const metadata = await admin.fetchTopicMetadata({ topics });
    const unled = metadata.topics.filter(({ partitions }) => partitions.some(({ leader }) => leader < 0));
    if (unled.length > 0)
      throw new KafkaJSError(`no leader yet for ${unled.map(({ name }) => name).join(', ')}`);
  });
}

function retryWhileUnled<T>(ask: () => Promise<T>): Promise<T> {
  return pRetry(ask, {
    retries: LEADER_RETRIES,
    minTimeout: 50,
    maxTimeout: LEADER_PAUSE_MS_MAX,
    shouldRetry: ({ error }) => error instanceof KafkaJSError && error.retriable,
  });
}

/**
 * The first offset (`low`) of every partition, and the one after the last (`high`). kafkajs gives up at once when a
 * partition has no leader yet, as is usual just after its topic was created; here it is waited for.
 */
export async function fetchTopicOffsets(
  admin: Admin,
  topic: string,
): Promise<{ readonly partition: number; readonly low: string; readonly high: string }[]> {
  return retryWhileUnled(() => admin.fetchTopicOffsets(topic));
}

/** Another program created some of them in the meantime, and nothing else went wrong. */
function isOnlyAlreadyExists(error: unknown): boolean {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return false;
  return error.errors.every(
    (one: unknown) =>
      typeof one === 'object' && one !== null && 'type' in one && one.type === 'TOPIC_ALREADY_EXISTS',
  );
}
