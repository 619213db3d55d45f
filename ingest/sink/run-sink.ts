import { SqlClient } from '../../sql/client.ts';
import { createKafka } from '../kafka.ts';
import { readConfig } from '../program/config.ts';
import { allReady, createMetrics, serveHealth } from '../program/health.ts';
import { watchClickHouse } from '../program/neighbour.ts';
import { runProgram, type Logger, type Running } from '../program/program.ts';
import { WAREHOUSE, warehouseOf } from '../program/warehouse.ts';
import { INSERTS_MAX } from './batch/bounds.ts';
import { startSink, type SinkOptions } from './sink.ts';

const HEALTH_HOST = '127.0.0.1';
/** Inserts in flight, and beside them read-backs of partitions that wait: none may stand in a queue before its socket. */
const CLICKHOUSE_CONNECTIONS = INSERTS_MAX * 4;

/** The sink as a process: what is in Kafka comes into ClickHouse, exactly once. `decorate` as in SinkOptions. */
export function runSink(decorate?: SinkOptions['decorate']): void {
  runProgram('sink', (log) => start(log, decorate));
}

async function start(log: Logger, decorate: SinkOptions['decorate']): Promise<Running> {
  const config = readConfig([
    'KAFKA_BROKERS',
    'DMS_TOPIC_PREFIX',
    ...WAREHOUSE,
    'SINK_PORT',
    'SINK_INSTANCE',
  ]);
  const warehouse = { ...warehouseOf(config), application: 'dms-sink' };
  const sql = new SqlClient({ ...warehouse, max_open_connections: CLICKHOUSE_CONNECTIONS });
  const clickhouse = watchClickHouse(warehouse);
  const registry = createMetrics('sink');
  const instance = config.SINK_INSTANCE;
  const clientId = instance === '' ? 'dms-sink' : `dms-sink-${instance}`;
  const sink = await startSink({
    kafka: createKafka({ brokers: config.KAFKA_BROKERS, clientId, log }),
    sql,
    database: config.CLICKHOUSE_DATABASE,
    prefix: config.DMS_TOPIC_PREFIX,
    replaces: instance === '' ? null : clientId,
    registry,
    log,
    ...(decorate === undefined ? {} : { decorate }),
    onFatal: (error) => {
      log.fatal({ err: error }, 'the sink cannot go on');
      process.exit(1);
    },
  });
  const health = await serveHealth({
    host: HEALTH_HOST,
    port: config.SINK_PORT,
    readiness: () => allReady([sink.readiness(), clickhouse.readiness()]),
    metrics: registry,
    log,
  });
  return {
    stop: async () => {
      await sink.stop();
      await Promise.all([health.close(), clickhouse.stop(), sql.close()]);
    },
  };
}
