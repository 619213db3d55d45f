import { createKafka, ensureTopics } from '../kafka.ts';
import { KeyDirectory } from '../keys/key-directory.ts';
import type { Config } from '../program/config.ts';
import { createMetrics } from '../program/health.ts';
import { watchKafka } from '../program/neighbour.ts';
import type { Logger, Running } from '../program/program.ts';
import { createEdgeApp } from './app.ts';
import { ProductDirectory } from './epcis/product-directory.ts';
import { EventWriter } from '../event-writer.ts';
import { HeldBytes } from './held-bytes.ts';
import { createEdgeMetrics } from './metrics.ts';

/** What the edge reads from the environment. */
export const EDGE_VARIABLES = [
  'KAFKA_BROKERS',
  'DMS_TOPIC_PREFIX',
  'DMS_ADMIN_TOKEN',
  'EDGE_HOST',
  'EDGE_PORT',
  'EDGE_HELD_BYTES_MAX',
  'EDGE_KEY_EVENTS_PER_S_MAX',
  'DMS_GS1_RESOLVER',
] as const;
export type EdgeConfig = Config<(typeof EDGE_VARIABLES)[number]>;

/** A listening edge. `stop` refuses new events with 503, answers those that it holds, and leaves Kafka. */
export interface RunningEdge extends Running {
  readonly url: string;
}

/**
 * Starts the edge: topics, keys and products, producer, HTTP server, in this order; resolves when it listens and can take events.
 * `onFailure` is called when keys or products can be followed no more: a revoked key would go on working, so the program
 * must end.
 */
export async function startEdge(
  config: EdgeConfig,
  log: Logger,
  onFailure: (error: Error) => void,
): Promise<RunningEdge> {
  const topicPrefix = config.DMS_TOPIC_PREFIX;
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'dms-edge', log });
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopics(admin, topicPrefix);
  const registry = createMetrics('edge');
  const held = new HeldBytes(config.EDGE_HELD_BYTES_MAX);
  const metrics = createEdgeMetrics(registry, held);
  const [keys, products] = await Promise.all([
    KeyDirectory.start({ kafka, topicPrefix, log, onFailure }),
    ProductDirectory.start({ kafka, topicPrefix, log, onFailure }),
  ]);
  const writer = await EventWriter.start({ kafka, log, onAcknowledged: metrics.acknowledged });
  const kafkaWatch = watchKafka(admin);
  const { app, refuseNew } = createEdgeApp({
    topicPrefix,
    adminToken: config.DMS_ADMIN_TOKEN,
    keys,
    writer,
    kafka: kafkaWatch,
    held,
    keyEventsPerSecond: config.EDGE_KEY_EVENTS_PER_S_MAX,
    resolver: config.DMS_GS1_RESOLVER,
    products,
    registry,
    metrics,
    log,
    now: Date.now,
  });
  const url = await app.listen({ host: config.EDGE_HOST, port: config.EDGE_PORT });
  log.info({ url }, 'listening');
  const stop = async (): Promise<void> => {
    refuseNew();
    await app.close();
    await Promise.all([kafkaWatch.stop(), writer.stop(), keys.stop(), products.stop()]);
    await admin.disconnect();
  };
  return { url, stop };
}
