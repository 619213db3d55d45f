import { join } from 'node:path';
import { capturePaths } from '../../ingest/edge/epcis/openapi.ts';
import { edgePaths } from '../../ingest/edge/openapi.ts';
import { EventWriter } from '../../ingest/event-writer.ts';
import { createKafka, ensureTopics } from '../../ingest/kafka.ts';
import { KeyDirectory } from '../../ingest/keys/key-directory.ts';
import type { Config } from '../../ingest/program/config.ts';
import { allReady, createMetrics } from '../../ingest/program/health.ts';
import type { Logger, Running } from '../../ingest/program/program.ts';
import { WAREHOUSE, warehouseOf } from '../../ingest/program/warehouse.ts';
import { SINK_GROUP } from '../../models/contract/topics.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import { SqlClient } from '../../sql/client.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { buildApp } from './app.ts';
import { CaseResponses } from './cases/case-responses.ts';
import { CaseScans } from './cases/case-scans.ts';
import { ClickHouseCases } from './cases/clickhouse-cases.ts';
import { caseEvents } from './cases/case-events.ts';
import { readMovesAhead, resumeMoves } from './cases/moves-ahead.ts';
import { areMovesTakenIn } from './cases/moves-taken-in.ts';
import { PendingMoves } from './cases/pending-moves.ts';
import { EvidenceStore } from './evidence/evidence-store.ts';
import { GivenPacks } from './evidence/given-packs.ts';
import { ForecastSeries } from './forecasts/forecast-series.ts';
import { ForecastExports } from '../../processors/exports/forecast-exports.ts';
import { SuggestionExports } from '../../processors/exports/suggestion-exports.ts';
import { ForecastStore } from './forecasts/forecast-store.ts';
import { KnownKpis } from './kpis/known-kpis.ts';
import type { Hub } from './live/hub.ts';
import { LIVE_LIMITS, type LiveLimits } from './live/limits.ts';
import { watchParts } from './live/parts.ts';
import { startHub } from './live/start-hub.ts';
import { DealerStore } from './dealers/dealer-store.ts';
import { MoneyStore } from './money/money-store.ts';
import { findPages } from './routes/pages.ts';
import { SuggestionStore } from './suggestions/suggestion-store.ts';

export const SERVER_VARIABLES = [
  'KAFKA_BROKERS',
  ...WAREHOUSE,
  'DMS_TOPIC_PREFIX',
  'DMS_HOST',
  'DMS_PORT',
  'DMS_ADMIN_TOKEN',
  'DMS_TIME_ZONE',
  'DMS_REPORTING_CURRENCY',
  'EDGE_URL',
  'GEO_DATA_DIR',
] as const;
export type ServerConfig = Config<(typeof SERVER_VARIABLES)[number]>;

/**
 * Connections that the kernel holds until they are taken: when all screens come back at once, one more would be left to
 * its client's retry, a second later. The kernel's own bound (net.core.somaxconn) holds beside it.
 */
const LISTEN_BACKLOG = 16_384;
const DIST_DIR = join(import.meta.dirname, '..', 'dist');

export interface RunningServer extends Running {
  readonly url: string;
  readonly hub: Hub;
}

/**
 * Starts the public server and resolves when it listens with the state of the marts in it.
 * @param onFailure called when it can do its work no more: the process is to end and be started anew
 */
export async function startServer(
  config: ServerConfig,
  log: Logger,
  onFailure: (error: Error) => void,
  limits: LiveLimits = LIVE_LIMITS,
): Promise<RunningServer> {
  const prefix = config.DMS_TOPIC_PREFIX;
  const metrics = createMetrics('server');
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'dms-server', log });
  const warehouse = {
    ...warehouseOf(config),
    application: 'dms-server',
  };
  const sql = new SqlClient(warehouse);
  const background_sql = new SqlClient({ ...warehouse, is_background: true });
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopics(admin, prefix);
  const keys = await KeyDirectory.start({ kafka, topicPrefix: prefix, log, onFailure });
  const writer = await EventWriter.start({ kafka, log });
  const { parts, stop: stopWatching } = watchParts({
    edge_url: config.EDGE_URL,
    warehouse,
    admin,
    sink_group: prefix + SINK_GROUP,
    metrics,
  });

  const pages = findPages(DIST_DIR);
  if (!pages) log.warn({ dir: DIST_DIR }, 'the pages are not built; only the API is served');
  const live = await startHub({
    kafka,
    admin,
    sql,
    prefix,
    limits,
    parts,
    build: pages?.build ?? 'none',
    params: { time_zone: config.DMS_TIME_ZONE, reporting_currency: config.DMS_REPORTING_CURRENCY },
    metrics,
    log,
    onFailure,
  });
  const settings = readSettings(config.DMS_TIME_ZONE, config.DMS_REPORTING_CURRENCY);
  const cases = new ClickHouseCases(sql);
  const pending = new PendingMoves({
    now: Date.now,
    areTakenIn: () => areMovesTakenIn(sql, admin, prefix),
    onUnknown: (err) => {
      log.warn({ err }, 'whether moves of cases are taken in cannot be said now');
    },
  });
  await resumeMoves(pending, cases, await readMovesAhead({ kafka, admin, sql, prefix, log }));
  const app = await buildApp({
    hub: live.hub,
    limits,
    keys,
    adminToken: config.DMS_ADMIN_TOKEN,
    edgeUrl: config.EDGE_URL,
    edgePaths: { ...edgePaths(), ...capturePaths() },
    alerts: {
      cases,
      scans: new CaseScans(sql),
      responses: new CaseResponses(sql, settings.time_zone),
      events: caseEvents(writer, prefix),
      evidence: new EvidenceStore(sql),
      given: new GivenPacks(sql),
      rules: { version: packageJson.version, cases_per_day_max: settings.cases_per_day_max },
      pending,
    },
    forecasts: new ForecastStore(sql),
    forecastExports: new ForecastExports(sql),
    forecastSeries: new ForecastSeries(sql, config.DMS_TIME_ZONE),
    suggestions: new SuggestionStore(sql),
    suggestionExports: new SuggestionExports(sql),
    dealers: new DealerStore(sql, config.DMS_TIME_ZONE),
    money: new MoneyStore(sql),
    knownKpis: new KnownKpis(background_sql, settings),
    reportingCurrency: config.DMS_REPORTING_CURRENCY,
    pages,
    geoDir: config.GEO_DATA_DIR,
    version: packageJson.version,
    readiness: () => allReady([live.readiness(), parts.readiness()]),
    metrics,
    now: Date.now,
    log,
  });
  const url = await app.listen({ host: config.DMS_HOST, port: config.DMS_PORT, backlog: LISTEN_BACKLOG });
  log.info({ url }, 'listening');
  return {
    url,
    hub: live.hub,
    stop: async () => {
      await app.close();
      await live.stop();
      await stopWatching();
      await Promise.all([
        writer.stop(),
        keys.stop(),
        admin.disconnect(),
        sql.close(),
        background_sql.close(),
      ]);
    },
  };
}
