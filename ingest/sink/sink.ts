import type { Registry } from 'prom-client';
import { EVENT_TYPES, eventTypeByTopic } from '../../models/contract/registry.ts';
import { SINK_GROUP } from '../../models/contract/topics.ts';
import type { SqlClient } from '../../sql/client.ts';
import { bareTopic, ensureTopics, topicName, type Kafka } from '../kafka.ts';
import { allReady, type Readiness } from '../program/health.ts';
import { watchKafka } from '../program/neighbour.ts';
import type { Logger } from '../program/program.ts';
import { ServerDoubt } from '../program/server-doubt.ts';
import { StoredPositions } from './batch/stored-positions.ts';
import { createClickHouseLedger, createTopicLedger, type TopicLedger } from './clickhouse-ledger.ts';
import { SinkConsumer } from './consumer.ts';
import type { Epoch } from './epoch.ts';
import { createKafkaLog, type KafkaSide } from './kafka-log.ts';
import { KafkaPositions } from './kafka-positions.ts';
import { Lane, Traffic, type LaneFeed } from './lane.ts';
import { createSinkMetrics } from './metrics.ts';
import { narrate } from './narrate.ts';
import type { PartitionEvent } from './protocol/partition.ts';
import type { Ledger, PartitionLog } from './protocol/ports.ts';
import { startWatchdog } from './watchdog.ts';

/** So long may the batches in flight take to finish at a stop; then they are left to their intents. */
const STOP_BATCHES_MS = 10_000;

export interface SinkOptions {
  readonly kafka: Kafka;
  readonly sql: SqlClient;
  /** Told apart from other installations on the same ClickHouse server. */
  readonly database: string;
  readonly prefix: string;
  /** Client id of `kafka`, when only this sink has it; else null. Whoever is in the group under it is dead. */
  readonly replaces: string | null;
  readonly registry: Registry;
  readonly log: Logger;
  /** The process must end: what is wrong needs somebody to look at it, or a fresh start. */
  readonly onFatal: (error: unknown) => void;
  /** Puts something around the ports of each partition: for fault tests and benchmarks, which fail or measure there. */
  readonly decorate?: (ports: SinkPorts) => SinkPorts;
}

/** The two sides of one partition, as the protocol sees them. */
export interface SinkPorts {
  readonly log: PartitionLog;
  readonly ledger: Ledger;
}

export interface Sink {
  readonly readiness: () => Readiness;
  readonly stop: () => Promise<void>;
}

/**
 * Kafka → ClickHouse `raw_*`, every topic of the registry. Guarantee: each message is stored in exactly one row, or
 * accounted for by exactly one dead letter, whatever dies in between (see protocol/).
 */
export async function startSink(options: SinkOptions): Promise<Sink> {
  const { kafka, prefix, log, decorate = (ports: SinkPorts) => ports } = options;
  const admin = kafka.admin();
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await Promise.all([admin.connect(), producer.connect()]);
  await ensureTopics(admin, prefix);

  const group = prefix + SINK_GROUP;
  const side: KafkaSide = { positions: new KafkaPositions(admin, group), producer, prefix };
  const metrics = createSinkMetrics(options.registry);
  const traffic = new Traffic();
  const ledgers = new Map<string, TopicLedger>(
    EVENT_TYPES.map((type) => [type.topic, createTopicLedger(options.sql, type, traffic.turns)]),
  );
  const positions = new StoredPositions(options.sql);
  const doubt = new ServerDoubt();
  /** Partitions whose last told step failed, with what failed. */
  const troubles = new Map<Lane, string>();
  const openLane = (epoch: Epoch, name: string, partition: number, feed: LaneFeed): Lane => {
    const topic = bareTopic(name, prefix);
    const type = eventTypeByTopic(topic);
    const ledger = ledgers.get(topic);
    if (type === undefined || ledger === undefined)
      throw new Error(`${name} was assigned, but no event type travels on it`);
    const laneLog = log.child({ topic, partition });
    const tell = (event: PartitionEvent): void => {
      narrate(laneLog, event);
      metrics.observe(topic, partition, event);
      if (event.kind === 'trouble') troubles.set(lane, `${topic}/${partition}: ${event.step}`);
      else troubles.delete(lane);
    };
    const lane: Lane = new Lane({
      partition: {
        name: { scope: `${options.database}/${prefix}`, topic, partition },
        ...decorate({
          log: createKafkaLog(side, epoch, name, partition),
          ledger: createClickHouseLedger(options.sql, type, partition, ledger, positions, doubt),
        }),
        tell,
      },
      traffic,
      shared: ledger.shared,
      epoch,
      feed,
    });
    epoch.signal.addEventListener('abort', () => troubles.delete(lane), { once: true });
    return lane;
  };
  const consumer = new SinkConsumer({
    kafka,
    group,
    topics: EVENT_TYPES.map((type) => topicName(type.topic, prefix)),
    replaces: options.replaces,
    log,
    openLane,
    onFatal: options.onFatal,
  });
  doubt.start(options.sql);
  await consumer.start();
  const kafkaWatch = watchKafka(admin);
  const watchdog = startWatchdog({
    admin,
    partitions: () =>
      consumer.lanes
        .filter((lane) => lane.expected !== null)
        .map((lane) => ({
          topic: topicName(lane.partition.name.topic, prefix),
          partition: lane.partition.name.partition,
          next: lane.position,
          troubled: troubles.has(lane),
        })),
    adrift_ms: () => consumer.adrift_ms,
    onLag: (name, partition, messages) => {
      metrics.lag(bareTopic(name, prefix), partition, messages);
    },
    onStall: (reason) => {
      options.onFatal(new Error(`the sink stands still: ${reason}`));
    },
    onBlind: (error) => {
      log.warn({ err: error }, 'cannot read the ends of the topics');
    },
  });

  return {
    readiness: () => allReady([readinessOf(consumer, troubles), kafkaWatch.readiness()]),
    stop: async () => {
      watchdog.stop();
      doubt.stop();
      await kafkaWatch.stop();
      await consumer.stop(STOP_BATCHES_MS);
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    },
  };
}

function readinessOf(consumer: SinkConsumer, troubles: ReadonlyMap<Lane, string>): Readiness {
  if (consumer.adrift_ms > 0) return { ready: false, reason: 'has no place in the consumer group yet' };
  const waiting = consumer.lanes.filter((lane) => lane.expected === null).length;
  if (waiting > 0) return { ready: false, reason: `${waiting} partitions are being taken over` };
  const [trouble] = troubles.values();
  if (trouble !== undefined) return { ready: false, reason: `a step is failing: ${trouble}` };
  return { ready: true };
}
