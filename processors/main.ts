import { createKafka, ensureTopics, topicName } from '../ingest/kafka.ts';
import { readConfig } from '../ingest/program/config.ts';
import { allReady, createMetrics, serveHealth } from '../ingest/program/health.ts';
import { watchClickHouse, watchKafka } from '../ingest/program/neighbour.ts';
import { runProgram, type Logger, type Running } from '../ingest/program/program.ts';
import { ServerDoubt } from '../ingest/program/server-doubt.ts';
import { WAREHOUSE, warehouseOf } from '../ingest/program/warehouse.ts';
import { RESULTS_TOPIC, SINK_GROUP } from '../models/contract/topics.ts';
import { SqlClient } from '../sql/client.ts';
import { startDeliveries } from './exports/delivery/deliveries.ts';
import { readDeliveries } from './exports/delivery/deliveries-file.ts';
import { startDailyForecast } from './forecast/daily-forecast.ts';
import { ProcessorLoop } from './loop/loop.ts';
import { createLoopMetrics } from './loop/metrics.ts';
import { Progress } from './loop/progress.ts';
import { Publisher, sendToKafka } from './loop/publisher.ts';
import { giveSignsOfLife } from './loop/signs-of-life.ts';
import { settledBySink } from './loop/settled.ts';
import { settledAndStored, unlessPutBack } from './loop/stored-bound.ts';
import { PROCESSORS } from './registry.ts';
import { startSuggestions } from './replenishment/due-suggestions.ts';
import { readSettings } from './settings/settings.ts';
import { readWebhooks } from './webhooks/targets.ts';
import { startWebhooks } from './webhooks/webhooks.ts';

/** A run over a chunk of history may take so long on a busy machine, ms. */
const QUERY_TIMEOUT_MS = 120_000;

/** `npm run processors`: marts and figures out of the ledgers, results to ClickHouse and to `dms.results.v1`. */
async function start(log: Logger): Promise<Running> {
  const config = readConfig([
    'KAFKA_BROKERS',
    ...WAREHOUSE,
    'DMS_TOPIC_PREFIX',
    'DMS_TIME_ZONE',
    'DMS_REPORTING_CURRENCY',
    'PROCESSORS_PORT',
    'DMS_WEBHOOKS_FILE',
    'DMS_DELIVERIES_FILE',
  ]);
  const delivery_targets = readDeliveries(config.DMS_DELIVERIES_FILE);
  const webhook_targets = readWebhooks(config.DMS_WEBHOOKS_FILE);
  const prefix = config.DMS_TOPIC_PREFIX;
  const warehouse = {
    ...warehouseOf(config),
    application: 'dms-processors',
    request_timeout_ms: QUERY_TIMEOUT_MS,
  };
  const sql = new SqlClient(warehouse);
  const background_sql = new SqlClient({ ...warehouse, is_background: true });
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'dms-processors', log });
  const admin = kafka.admin();
  // Not idempotent: one that is cannot be used after a failed send, and an op applied twice changes nothing.
  const producer = kafka.producer({ allowAutoTopicCreation: false, maxInFlightRequests: 1 });
  await Promise.all([admin.connect(), producer.connect()]);
  await ensureTopics(admin, prefix);

  const registry = createMetrics('processors');
  const neighbours = [watchKafka(admin), watchClickHouse(warehouse)];
  const send = sendToKafka(producer, topicName(RESULTS_TOPIC, prefix));
  const doubt = new ServerDoubt();
  doubt.start(sql);
  const progress = await Progress.load(sql);
  const settled = settledAndStored(settledBySink(admin, prefix + SINK_GROUP, prefix), sql);
  const endAsPutBack = (): never => {
    log.fatal('ClickHouse was put back to an earlier state: the processors must begin anew at what it holds');
    process.exit(1);
  };
  const loop = new ProcessorLoop({
    processors: PROCESSORS,
    sql,
    background_sql,
    settings: readSettings(config.DMS_TIME_ZONE, config.DMS_REPORTING_CURRENCY),
    settled: unlessPutBack(settled, doubt, () => progress.isThere(), endAsPutBack),
    progress,
    publisher: await Publisher.load(sql, send),
    metrics: createLoopMetrics(registry),
    log,
  });
  const health = await serveHealth({
    host: '127.0.0.1',
    port: config.PROCESSORS_PORT,
    readiness: () => allReady([loop.readiness(), ...neighbours.map((one) => one.readiness())]),
    metrics: registry,
    log,
  });
  loop.start();
  const signs = giveSignsOfLife({ isWell: () => loop.readiness().ready, send, log });
  const webhooks = startWebhooks({ sql, targets: webhook_targets, log });
  const forecast = startDailyForecast({
    sql: background_sql,
    time_zone: config.DMS_TIME_ZONE,
    log,
    hasCaughtUp: (processors) => loop.hasCaughtUp(processors),
  });
  const suggestions = startSuggestions({ sql: background_sql, log });
  const deliveries = startDeliveries({ sql: background_sql, targets: delivery_targets, log });
  return {
    stop: async () => {
      await deliveries.stop();
      await suggestions.stop();
      await forecast.stop();
      await webhooks.stop();
      await signs.stop();
      await loop.stop();
      doubt.stop();
      await health.close();
      await Promise.all(neighbours.map((one) => one.stop()));
      await Promise.all([producer.disconnect(), admin.disconnect()]);
      await Promise.all([sql.close(), background_sql.close()]);
    },
  };
}

runProgram('processors', start);
