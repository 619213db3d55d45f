import { Registry } from 'prom-client';
import { expect } from 'vitest';
import { buildApp } from '../../dashboard/server/app.ts';
import type { CasePageOf, CaseStore } from '../../dashboard/server/cases/case-store.ts';
import { caseEvents } from '../../dashboard/server/cases/case-events.ts';
import { CaseResponses } from '../../dashboard/server/cases/case-responses.ts';
import { DealerStore } from '../../dashboard/server/dealers/dealer-store.ts';
import { readMovesAhead, resumeMoves } from '../../dashboard/server/cases/moves-ahead.ts';
import { PendingMoves } from '../../dashboard/server/cases/pending-moves.ts';
import { CaseScans } from '../../dashboard/server/cases/case-scans.ts';
import { EvidenceStore } from '../../dashboard/server/evidence/evidence-store.ts';
import { GivenPacks } from '../../dashboard/server/evidence/given-packs.ts';
import { ForecastSeries } from '../../dashboard/server/forecasts/forecast-series.ts';
import { ForecastExports } from '../../processors/exports/forecast-exports.ts';
import { SuggestionExports } from '../../processors/exports/suggestion-exports.ts';
import { ForecastStore } from '../../dashboard/server/forecasts/forecast-store.ts';
import type { Api } from '../../dashboard/server/http/api.ts';
import { KnownKpis } from '../../dashboard/server/kpis/known-kpis.ts';
import { Hub } from '../../dashboard/server/live/hub.ts';
import { LIVE_LIMITS } from '../../dashboard/server/live/limits.ts';
import { createLiveMetrics } from '../../dashboard/server/live/metrics.ts';
import { LiveState } from '../../dashboard/server/live/state.ts';
import { MoneyStore } from '../../dashboard/server/money/money-store.ts';
import { SuggestionStore } from '../../dashboard/server/suggestions/suggestion-store.ts';
import { EventWriter } from '../../ingest/event-writer.ts';
import { topicName } from '../../ingest/kafka.ts';
import { createLogger } from '../../ingest/program/program.ts';
import type { Alert } from '../../models/contract/alert.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import { ADMIN_TOKEN, Surroundings, bearer } from './running-server.ts';

const log = createLogger('test', 'silent');

/**
 * Moves of a case on a real Kafka, with the stored cases in the test's hands: what the processors have folded in, and
 * when, is what these tests are about.
 */
class HeldCases implements CaseStore {
  readonly alerts = new Map<string, Alert>();

  list = (filter: CasePageOf): Promise<Alert[]> => {
    const newest = [...this.alerts.values()]
      .filter(({ alert_id, merged_into }) =>
        filter.among === undefined ? merged_into === filter.merged_into : filter.among.includes(alert_id),
      )
      .filter(({ kinds }) => filter.kind === undefined || kinds.includes(filter.kind))
      .filter(({ state }) => filter.state === undefined || state === filter.state)
      .toSorted((a, b) => b.raised_at.localeCompare(a.raised_at));
    const from = filter.after
      ? newest.findIndex(({ alert_id }) => alert_id === filter.after?.alert_id) + 1
      : 0;
    return Promise.resolve(newest.slice(from, from + filter.limit));
  };

  counts = (): Promise<[]> => Promise.resolve([]);

  beyondBudget = (): Promise<number> => Promise.resolve(0);

  find = (alert_id: string): Promise<Alert | undefined> => Promise.resolve(this.alerts.get(alert_id));

  wasWithdrawn = (): Promise<boolean> => Promise.resolve(false);
}

type Headers = Readonly<Record<string, string>>;

/** A server over cases in the test's hands, with a clock in them too. */
export class HeldServer {
  readonly cases = new HeldCases();
  /** Whether the sink and the processors have taken in what was said of cases. */
  areTakenIn = true;
  now_ms = Date.parse('2026-11-24T06:00:00.000Z');
  readonly #around: Surroundings;
  readonly #writer: EventWriter;
  #app: Api | undefined;
  #url = '';

  private constructor(around: Surroundings, writer: EventWriter) {
    this.#around = around;
    this.#writer = writer;
  }

  static async start(): Promise<HeldServer> {
    const around = await Surroundings.create();
    const server = new HeldServer(around, await EventWriter.start({ kafka: around.kafka, log }));
    await server.#open(server.#pendingMoves());
    return server;
  }

  /** Ends the server and starts another, as after a crash: what it knew by itself is gone. */
  async restart(): Promise<void> {
    await this.#app?.close();
    const { kafka, sql, config } = this.#around;
    const admin = kafka.admin();
    await admin.connect();
    const pending = this.#pendingMoves();
    const ahead = await readMovesAhead({ kafka, admin, sql, prefix: config.DMS_TOPIC_PREFIX, log });
    await resumeMoves(pending, this.cases, ahead);
    await admin.disconnect();
    await this.#open(pending);
  }

  #pendingMoves(): PendingMoves {
    return new PendingMoves({
      now: () => this.now_ms,
      areTakenIn: () => Promise.resolve(this.areTakenIn),
      onUnknown: (error) => {
        throw error;
      },
    });
  }

  async #open(pending: PendingMoves): Promise<void> {
    const around = this.#around;
    const now = (): number => this.now_ms;
    const metrics = new Registry();
    const hub = new Hub({
      state: new LiveState('e', LIVE_LIMITS),
      limits: LIVE_LIMITS,
      metrics: createLiveMetrics(metrics),
      build: 'b',
      now,
    });
    this.#app = await buildApp({
      hub,
      limits: LIVE_LIMITS,
      keys: { find: () => undefined },
      adminToken: ADMIN_TOKEN,
      edgeUrl: 'http://127.0.0.1:9',
      edgePaths: {},
      alerts: {
        cases: this.cases,
        scans: new CaseScans(around.sql),
        responses: new CaseResponses(around.sql, 'Asia/Shanghai'),
        events: caseEvents(this.#writer, around.config.DMS_TOPIC_PREFIX),
        evidence: new EvidenceStore(around.sql),
        given: new GivenPacks(around.sql),
        rules: { version: '0', cases_per_day_max: 50 },
        pending,
      },
      forecasts: new ForecastStore(around.sql),
      forecastExports: new ForecastExports(around.sql),
      forecastSeries: new ForecastSeries(around.sql, 'Asia/Shanghai'),
      dealers: new DealerStore(around.sql, 'Asia/Shanghai'),
      money: new MoneyStore(around.sql),
      knownKpis: new KnownKpis(around.sql, readSettings('Asia/Shanghai', 'CNY')),
      reportingCurrency: 'CNY',
      suggestions: new SuggestionStore(around.sql),
      suggestionExports: new SuggestionExports(around.sql),
      pages: undefined,
      geoDir: '',
      version: '0',
      readiness: () => ({ ready: true }),
      metrics,
      now,
      log,
    });
    this.#url = await this.#app.listen({ host: '127.0.0.1', port: 0 });
  }

  async stop(): Promise<void> {
    await this.#app?.close();
    await this.#writer.stop();
    await this.#around.stop();
  }

  /** An hour later, with three open cases of which the last was raised last. */
  begin(): void {
    this.now_ms += 3_600_000;
    this.cases.alerts.clear();
    for (const n of [1, 2, 3]) this.cases.alerts.set(`case-${n}`, this.alert(n));
  }

  alert(n: number): Alert {
    const at = new Date(this.now_ms - 60_000 + n).toISOString();
    return {
      alert_id: `case-${n}`,
      state: 'open',
      severity: 'warning',
      kinds: ['out_of_territory'],
      confidence: 0.9,
      origin_dealer_id: 'D-1',
      sku_id: 'S-1',
      units: 3,
      value: '10.00',
      currency: 'CNY',
      codes: ['c'],
      first_event_time: at,
      last_event_time: at,
      raised_at: at,
      updated_at: at,
    };
  }

  /** @param address behind `/v1/alerts/` */
  post(address: string, body: object, headers: Headers = {}): Promise<Response> {
    return fetch(`${this.#url}/v1/alerts/${address}`, {
      method: 'POST',
      headers: { ...bearer(ADMIN_TOKEN), 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  ask(path: string, headers: Headers = bearer(ADMIN_TOKEN)): Promise<Response> {
    return fetch(this.#url + path, { headers });
  }

  async get(path: string): Promise<{ readonly etag: string; readonly body: unknown }> {
    const response = await this.ask(path);
    return { etag: response.headers.get('etag') ?? '', body: await response.json() };
  }

  /** Every event on the topic, in the order of each case, once there are so many. */
  async published(count: number, of_type: string): Promise<{ key: string; event: unknown }[]> {
    const topic = topicName(of_type, this.#around.config.DMS_TOPIC_PREFIX);
    const groupId = `${this.#around.config.DMS_TOPIC_PREFIX}read-${Math.random()}`;
    const consumer = this.#around.kafka.consumer({ groupId, allowAutoTopicCreation: false });
    const events: { key: string; event: unknown }[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ message }) => {
        events.push({ key: String(message.key), event: JSON.parse(String(message.value)) as unknown });
        return Promise.resolve();
      },
    });
    await expect.poll(() => events.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
    await consumer.disconnect();
    return events;
  }
}
