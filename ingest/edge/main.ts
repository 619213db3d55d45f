import { createKafka, ensureTopics, type Kafka } from '../kafka.ts';
import { KeyDirectory } from '../keys/key-directory.ts';
import { readConfig } from '../program/config.ts';
import { createMetrics } from '../program/health.ts';
import { runProgram, type Logger, type Running } from '../program/program.ts';
import { createEdge } from './app.ts';
import { EventWriter } from './event-writer.ts';
import { HeldBytes } from './held-bytes.ts';
import { createEdgeMetrics } from './metrics.ts';

/** The edge: takes events over HTTP and answers once they are safe in Kafka. */
runProgram('edge', async (log) => {
  const config = readConfig([
    'KAFKA_BROKERS',
    'DMS_TOPIC_PREFIX',
    'DMS_ADMIN_TOKEN',
    'EDGE_HOST',
    'EDGE_PORT',
    'EDGE_HELD_BYTES_MAX',
    'EDGE_KEY_EVENTS_PER_S_MAX',
  ]);
  const topicPrefix = config.DMS_TOPIC_PREFIX;
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'dms-edge', log });
  await createTopics(kafka, topicPrefix);

  const registry = createMetrics('edge');
  const held = new HeldBytes(config.EDGE_HELD_BYTES_MAX);
  const metrics = createEdgeMetrics(registry, held);
  const keys = await KeyDirectory.start({ kafka, topicPrefix, log, onFailure: endLoudly(log) });
  const writer = await EventWriter.start({ kafka, log, onAcknowledged: metrics.acknowledged });
  const { app, refuseNew } = createEdge({
    topicPrefix,
    adminToken: config.DMS_ADMIN_TOKEN,
    keys,
    writer,
    held,
    keyEventsPerSecond: config.EDGE_KEY_EVENTS_PER_S_MAX,
    registry,
    metrics,
    log,
    now: Date.now,
  });
  const url = await app.listen({ host: config.EDGE_HOST, port: config.EDGE_PORT });
  log.info({ url }, 'listening');
  return {
    stop: async () => {
      refuseNew();
      await app.close();
      await Promise.all([writer.stop(), keys.stop()]);
    },
  } satisfies Running;
});

async function createTopics(kafka: Kafka, topicPrefix: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await ensureTopics(admin, topicPrefix);
  } finally {
    await admin.disconnect();
  }
}

/** Without its reader the edge would honour revoked keys: its supervisor starts it anew. */
function endLoudly(log: Logger): (error: Error) => void {
  return (error) => {
    log.fatal({ err: error }, 'keys can be followed no more');
    process.exit(1);
  };
}
