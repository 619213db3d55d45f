import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from '../../dashboard/server/app.ts';
import type { CaseFilter, CaseStore } from '../../dashboard/server/cases/case-store.ts';
import { caseEvents } from '../../dashboard/server/cases/case-events.ts';
import { DealerStore } from '../../dashboard/server/dealers/dealer-store.ts';
import { CaseScans } from '../../dashboard/server/cases/case-scans.ts';
import { EvidenceStore } from '../../dashboard/server/evidence/evidence-store.ts';
import { verifyPack } from '../../dashboard/server/evidence/pack.ts';
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
import { caseTransition, type CaseTransitionEvent } from '../../models/contract/events/case-transition.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import { ADMIN_TOKEN, Surroundings, bearer } from './running-server.ts';

/**
 * Moves of a case on a real Kafka, with the stored cases in the test's hands: what the processors have folded in, and
 * when, is what these tests are about.
 */
class HeldCases implements CaseStore {
  readonly alerts = new Map<string, Alert>();

  list = (filter: CaseFilter): Promise<Alert[]> => {
    const newest = [...this.alerts.values()].toSorted((a, b) => b.raised_at.localeCompare(a.raised_at));
    const from = filter.after
      ? newest.findIndex(({ alert_id }) => alert_id === filter.after?.alert_id) + 1
      : 0;
    return Promise.resolve(newest.slice(from, from + filter.limit));
  };

  find = (alert_id: string): Promise<Alert | undefined> => Promise.resolve(this.alerts.get(alert_id));
}

const log = createLogger('test', 'silent');
const cases = new HeldCases();
let around: Surroundings;
let writer: EventWriter;
let app: Api;
let url: string;
let now_ms = Date.parse('2026-11-24T06:00:00.000Z');

beforeAll(async () => {
  around = await Surroundings.create();
  writer = await EventWriter.start({ kafka: around.kafka, log });
  const metrics = new Registry();
  const hub = new Hub({
    state: new LiveState('e', LIVE_LIMITS),
    limits: LIVE_LIMITS,
    metrics: createLiveMetrics(metrics),
    build: 'b',
    now: () => now_ms,
  });
  app = await buildApp({
    hub,
    limits: LIVE_LIMITS,
    keys: { find: () => undefined },
    adminToken: ADMIN_TOKEN,
    edgeUrl: 'http://127.0.0.1:9',
    edgePaths: {},
    alerts: {
      cases,
      scans: new CaseScans(around.sql),
      events: caseEvents(writer, around.config.DMS_TOPIC_PREFIX),
      evidence: new EvidenceStore(around.sql),
      rules: { version: '0', cases_per_day_max: 50 },
    },
    forecasts: new ForecastStore(around.sql),
    forecastExports: new ForecastExports(around.sql),
    forecastSeries: new ForecastSeries(around.sql, 'Asia/Shanghai'),
    dealers: new DealerStore(around.sql, 'Asia/Shanghai'),
    money: new MoneyStore(around.sql),
    knownKpis: new KnownKpis(around.sql, readSettings('Asia/Shanghai', 'CNY')),
    suggestions: new SuggestionStore(around.sql),
    suggestionExports: new SuggestionExports(around.sql),
    pages: undefined,
    geoDir: '',
    version: '0',
    readiness: () => ({ ready: true }),
    metrics,
    now: () => now_ms,
    log,
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await writer.stop();
  await around.stop();
});
beforeEach(() => {
  now_ms += 3_600_000;
  cases.alerts.clear();
  for (const n of [1, 2, 3]) cases.alerts.set(`case-${n}`, alert(n));
});

function alert(n: number): Alert {
  const at = new Date(now_ms - 60_000 + n).toISOString();
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

async function move(
  id: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}/v1/alerts/${id}/transitions`, {
    method: 'POST',
    headers: { ...bearer(ADMIN_TOKEN), 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function get(path: string): Promise<{ readonly etag: string; readonly body: unknown }> {
  const response = await fetch(url + path, { headers: bearer(ADMIN_TOKEN) });
  return { etag: response.headers.get('etag') ?? '', body: await response.json() };
}

/** Every event on the topic, in the order of each case. */
async function published(count: number): Promise<{ key: string; event: CaseTransitionEvent }[]> {
  const topic = topicName(caseTransition.topic, around.config.DMS_TOPIC_PREFIX);
  const groupId = `${around.config.DMS_TOPIC_PREFIX}read-${Math.random()}`;
  const consumer = around.kafka.consumer({ groupId, allowAutoTopicCreation: false });
  const events: { key: string; event: CaseTransitionEvent }[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ message }) => {
      const event = JSON.parse(String(message.value)) as CaseTransitionEvent;
      events.push({ key: String(message.key), event });
      return Promise.resolve();
    },
  });
  await expect.poll(() => events.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
  await consumer.disconnect();
  return events;
}

describe('POST /v1/alerts/{id}/transitions', () => {
  it('the evidence of a case is a whole pack with a digest, 304 for who holds it, 404 for no case', async () => {
    const address = `${url}/v1/alerts/case-1/evidence`;
    const response = await fetch(address, { headers: bearer(ADMIN_TOKEN) });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/zip');
    const verdict = verifyPack(new Uint8Array(await response.arrayBuffer()));
    expect(verdict).toMatchObject({ faults: [], digest: response.headers.get('evidence-digest') });
    expect(Object.keys(verdict.files)).toContain('scans.epcis.jsonld');
    const etag = response.headers.get('etag') ?? '';
    const held = await fetch(address, { headers: { ...bearer(ADMIN_TOKEN), 'if-none-match': etag } });
    expect(held.status).toBe(304);
    const none = await fetch(`${url}/v1/alerts/no-case/evidence`, { headers: bearer(ADMIN_TOKEN) });
    expect(none.status).toBe(404);
    expect((await fetch(address)).status).toBe(401);
  });

  it('answers the case as it will be, and the event is on its topic', async () => {
    const response = await move('case-1', {
      to_state: 'investigating',
      assignee: 'li.wei',
      reason: ' seen twice ',
    });
    expect(response.status).toBe(202);
    const moved = (await response.json()) as Alert;
    expect(moved).toEqual({
      ...alert(1),
      state: 'investigating',
      assignee: 'li.wei',
      reason: 'seen twice',
      updated_at: new Date(now_ms).toISOString(),
    });
    const [first] = await published(1);
    expect(first).toMatchObject({
      key: 'case-1',
      event: {
        source: 'dealerstream-server',
        event_time: moved.updated_at,
        alert_id: 'case-1',
        from_state: 'open',
        to_state: 'investigating',
        actor: 'admin',
        assignee: 'li.wei',
        reason: 'seen twice',
      },
    });
  });

  it('a second move is judged by the first, before the processors have folded it in', async () => {
    await move('case-1', { to_state: 'confirmed' });
    expect((await get('/v1/alerts/case-1')).body).toMatchObject({ state: 'confirmed' });
    const refused = await move('case-1', { to_state: 'acknowledged' });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      detail: 'a case that is confirmed can become investigating, closed; not acknowledged',
    });
    expect((await move('case-1', { to_state: 'closed' })).status).toBe(202);
  });

  it('the stored case counts again once it is newer, or a minute after a move that was never folded in', async () => {
    await move('case-1', { to_state: 'acknowledged' });
    await move('case-2', { to_state: 'acknowledged' });
    now_ms += 1_000;
    cases.alerts.set('case-1', {
      ...alert(1),
      state: 'investigating',
      updated_at: new Date(now_ms).toISOString(),
    });
    expect((await get('/v1/alerts/case-1')).body).toMatchObject({ state: 'investigating' });
    expect((await get('/v1/alerts/case-2')).body).toMatchObject({ state: 'acknowledged' });
    now_ms += 60_000;
    expect((await get('/v1/alerts/case-2')).body).toMatchObject({ state: 'open' });
  });

  it('a dismissal needs a reason, and an unknown case or state is refused', async () => {
    for (const reason of [undefined, '', '  ']) {
      const response = await move('case-1', { to_state: 'dismissed', reason });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ pointer: '/reason' }] });
    }
    expect((await move('case-1', { to_state: 'dismissed', reason: 'own transfer' })).status).toBe(202);
    expect((await move('none', { to_state: 'closed' })).status).toBe(404);
    expect((await move('case-1', { to_state: 'lost' })).status).toBe(422);
    expect((await move('case-1', { to_state: 'closed', colour: 'red' })).status).toBe(422);
  });

  it('If-Match moves only the case that was seen', async () => {
    const { etag } = await get('/v1/alerts/case-1');
    await move('case-1', { to_state: 'acknowledged' });
    expect((await move('case-1', { to_state: 'confirmed' }, { 'if-match': etag })).status).toBe(412);
    const seen = await get('/v1/alerts/case-1');
    expect((await move('case-1', { to_state: 'confirmed' }, { 'if-match': seen.etag })).status).toBe(202);
  });
});

describe('POST /v1/alerts/{id}/assignment', () => {
  const assign = (id: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}/v1/alerts/${id}/assignment`, {
      method: 'POST',
      headers: { ...bearer(ADMIN_TOKEN), 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it('gives a case to somebody and to nobody, and its state and reason stay', async () => {
    await move('case-2', { to_state: 'investigating', reason: 'seen twice' });
    const given = await assign('case-2', { assignee: 'li.wei' });
    expect([given.status, await given.json()]).toMatchObject([
      202,
      { state: 'investigating', assignee: 'li.wei', reason: 'seen twice' },
    ]);
    const taken = await assign('case-2', { assignee: null });
    expect((await taken.json()) as Alert).not.toHaveProperty('assignee');
    const mine = (await published(3)).filter(({ key }) => key === 'case-2').slice(-2);
    expect(mine).toMatchObject([
      {
        event: {
          from_state: 'investigating',
          to_state: 'investigating',
          assignee: 'li.wei',
          reason: 'seen twice',
        },
      },
      { event: { from_state: 'investigating', to_state: 'investigating', assignee: '' } },
    ]);
  });

  it('If-Match gives only the case that was seen; a body without an assignee is refused', async () => {
    const { etag } = await get('/v1/alerts/case-1');
    expect((await assign('case-1', { assignee: 'a' }, { 'if-match': etag })).status).toBe(202);
    expect((await assign('case-1', { assignee: 'b' }, { 'if-match': etag })).status).toBe(412);
    expect((await assign('case-1', {})).status).toBe(422);
    expect((await assign('none', { assignee: 'a' })).status).toBe(404);
  });
});

describe('GET /v1/alerts', () => {
  it('pages by cursor through every case once, the last raised first', async () => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await get(`/v1/alerts?limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`))
        .body as {
        items: Alert[];
        next_cursor?: string;
      };
      ids.push(...page.items.map(({ alert_id }) => alert_id));
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(ids).toEqual(['case-3', 'case-2', 'case-1']);
  });
});
