import { randomUUID } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { ResultMessage } from '../../../models/contract/results.ts';
import { RESULTS_TOPIC } from '../../../models/contract/topics.ts';
import {
  fetchTopicOffsets,
  topicName,
  type Admin,
  type EachBatchPayload,
  type Kafka,
} from '../../../ingest/kafka.ts';
import type { Logger } from '../../../ingest/program/program.ts';
import { rowViolation } from './seed.ts';

/** Without a fetch for so long, the server says that it is not ready. */
export const RESULTS_LATE_MS = 15_000;
/** Without a fetch for so long, the consumer is taken for dead: the process ends and is started anew. */
const RESULTS_DEAD_MS = 120_000;
const WATCH_MS = 5_000;
/** A fetch without data returns after so long: a stop waits for it. */
const FETCH_WAIT_MS = 500;
/** The topic has one partition. */
const PARTITION = 0;

/** Where the results stand: the offset of the next message that will be written. */
export async function resultsEnd(admin: Admin, prefix: string): Promise<bigint> {
  const offsets = await fetchTopicOffsets(admin, topicName(RESULTS_TOPIC, prefix));
  const end = offsets.find(({ partition }) => partition === PARTITION);
  if (!end) throw new Error(`${RESULTS_TOPIC} has no partition ${PARTITION}`);
  return BigInt(end.high);
}

export interface ResultsOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  /** Offset of the first message that the state does not hold for certain. */
  readonly from: bigint;
  readonly apply: (message: ResultMessage) => void;
  /** A message that is no result, or holds a row that is not of its topic: it is left out. */
  readonly refuse: (offset: bigint, violation: string) => void;
  /** Messages are missing (the topic no longer reaches back): read the state anew; returns the offset to go on from. */
  readonly reseed: () => Promise<bigint>;
  /** The consumer will not come back. */
  readonly dead: (error: Error) => void;
  readonly log: Logger;
}

export interface Results {
  /** Time since the last answer of the broker, ms. */
  readonly silent_ms: () => number;
  readonly stop: () => Promise<void>;
}

/**
 * Follows `dms.results.v1` from an offset, as the only member of a consumer group of its own: every server process sees
 * every result. Nothing is committed; the position lives in this process. A message may be applied twice, none is left
 * out: any other offset than the next
 * one (results expired unread, a topic made anew) leads to `reseed`.
 */
export async function followResults(options: ResultsOptions): Promise<Results> {
  const topic = topicName(RESULTS_TOPIC, options.prefix);
  const groupId = `${options.prefix}dms-server-${randomUUID()}`;
  const consumer = options.kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: FETCH_WAIT_MS,
  });
  let next = options.from;
  let fetched_ms = Date.now();

  const seek = (): void => {
    consumer.seek({ topic, partition: PARTITION, offset: next.toString() });
  };
  consumer.on(consumer.events.GROUP_JOIN, seek);
  consumer.on(consumer.events.FETCH, () => {
    fetched_ms = Date.now();
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) options.dead(payload.error);
  });

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    for (const message of payload.batch.messages) {
      const offset = BigInt(message.offset);
      if (offset !== next) {
        options.log.warn({ expected: next.toString(), found: message.offset }, 'results are missing');
        next = await options.reseed();
        seek();
        return;
      }
      const result = readResult(message.value);
      if (typeof result === 'string') options.refuse(offset, result);
      else options.apply(result);
      next = offset + 1n;
    }
    await payload.heartbeat();
  };

  await consumer.connect();
  await consumer.subscribe({ topic });
  await consumer.run({ autoCommit: false, eachBatch });
  const watch = setInterval(() => {
    const silent_ms = Date.now() - fetched_ms;
    if (silent_ms > RESULTS_DEAD_MS) options.dead(new Error(`no fetch from ${topic} for ${silent_ms} ms`));
  }, WATCH_MS);
  return {
    silent_ms: () => Date.now() - fetched_ms,
    stop: async () => {
      clearInterval(watch);
      await consumer.disconnect();
    },
  };
}

const checkResult = Compile(ResultMessage);

/** The result that a message holds, or what is wrong with it. */
function readResult(value: Buffer | null): ResultMessage | string {
  if (value === null) return 'empty';
  let message: unknown;
  try {
    message = JSON.parse(value.toString('utf8'));
  } catch (error) {
    return String(error);
  }
  if (!checkResult.Check(message)) {
    const [first] = checkResult.Errors(message);
    return first ? `${first.instancePath} ${first.message}` : 'not a result';
  }
  for (const [index, op] of message.ops.entries()) {
    const violation = op.op === 'put' ? rowViolation(message.topic, op.row) : undefined;
    if (violation !== undefined) return `/ops/${index}/row${violation}`;
  }
  return message;
}
