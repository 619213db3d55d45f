import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../dashboard/server/server.ts';
import { Kpi, METRICS } from '../../models/contract/metrics.ts';
import {
  ADMIN_TOKEN,
  LiveSocket,
  Surroundings,
  bearer,
  cookieOf,
  expectProblem,
  kpi,
  kpis,
  loginAt,
} from './running-server.ts';

interface EdgeRequest {
  readonly message: IncomingMessage;
  readonly body: Buffer;
}

let around: Surroundings;
let server: RunningServer;
let edge: Server;
const edgeRequests: EdgeRequest[] = [];

/** In the edge's place: is ready, and keeps the bytes that arrive, which the real edge would unpack. */
async function listenAsEdge(): Promise<string> {
  edge = createServer((message, response) => {
    if (message.url === '/readyz') {
      response.writeHead(200).end();
      return;
    }
    void buffer(message).then((body) => {
      edgeRequests.push({ message, body });
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"accepted":1,"rejected":[]}');
    });
  });
  await new Promise<void>((resolve) => edge.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(edge.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  around = await Surroundings.create(await listenAsEdge());
  server = await around.start({ heartbeat_ms: 250 });
});
afterAll(async () => {
  await server.stop();
  await around.stop();
  edge.close();
});

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(server.url + path, init);
}

/** From a page of the server, in a browser. */
function fromPage(cookie: string, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { cookie, 'sec-fetch-site': 'same-origin', ...extra };
}

const login = (
  path: string,
  token: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> => loginAt(server.url + path, token, headers);

describe('GET /v1/kpis', () => {
  it('has each of the contract’s before the first was computed, without a value and with the reason', async () => {
    const { items } = (await (await call('/v1/kpis', { headers: bearer(ADMIN_TOKEN) })).json()) as {
      items: Kpi[];
    };
    expect(items.map(({ id }) => id)).toEqual(METRICS.map(({ id }) => id));
    expect(items[0]).toMatchObject({ value: null, reason: 'not computed yet', unit: 'CNY', direction: 'up' });
    const series = await call('/v1/kpis/order_cycle_p50/series', { headers: bearer(ADMIN_TOKEN) });
    expect(await series.json()).toEqual({ id: 'order_cycle_p50', unit: 'h', items: [] });
  });

  it('is the KPIs of the live state, exactly as the contract has them, and 304 while they stand', async () => {
    const series = [{ bucket_start: '2026-11-23T16:00:00.000Z', value: 0.9 }];
    await around.publish(kpis(kpi('fill_rate', 0.93, { series, target: 0.97 })));
    await expect
      .poll(() => server.hub.state.snapshot('kpis').rows.get('fill_rate'))
      .toMatchObject({ value: 0.93 });
    const first = await call('/v1/kpis', { headers: bearer(ADMIN_TOKEN) });
    const { items } = (await first.json()) as { items: unknown[] };
    const isKpi = Compile(Kpi);
    expect(items.filter((item) => !isKpi.Check(item))).toEqual([]);
    expect(items).toContainEqual(kpi('fill_rate', 0.93, { target: 0.97 }));

    const etag = first.headers.get('etag') ?? '';
    const again = await call('/v1/kpis', { headers: { ...bearer(ADMIN_TOKEN), 'if-none-match': etag } });
    expect(again.status).toBe(304);
    await around.publish(kpis(kpi('fill_rate', 0.94)));
    await expect
      .poll(
        async () =>
          (await call('/v1/kpis', { headers: { ...bearer(ADMIN_TOKEN), 'if-none-match': etag } })).status,
      )
      .toBe(200);
  });

  it('a series is the KPI’s points, and 404 for a KPI that is none', async () => {
    const series = [{ bucket_start: '2026-11-23T16:00:00.000Z', value: 0.5 }];
    await around.publish(kpis(kpi('scan_coverage', 0.5, { series })));
    await expect
      .poll(async () => {
        const response = await call('/v1/kpis/scan_coverage/series', { headers: bearer(ADMIN_TOKEN) });
        return await response.json();
      })
      .toEqual({ id: 'scan_coverage', unit: 'ratio', items: series });
    await expectProblem(await call('/v1/kpis/none/series', { headers: bearer(ADMIN_TOKEN) }), 404);
  });
});

describe('sessions', () => {
  it('a display token becomes a cookie that reads and opens the live socket, until the token is revoked', async () => {
    const { secret, revoke } = await around.addKey('display', 'lobby');
    await expect.poll(async () => (await login('/v1/display/session', secret)).status).toBe(200);
    const response = await login('/v1/display/session', secret);
    expect(response.headers.get('set-cookie')).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    const cookie = cookieOf(response);
    const session = await call('/v1/session', { headers: { cookie } });
    expect(await session.json()).toEqual({ role: 'viewer', display_name: 'lobby' });

    const wall = new LiveSocket(server.url, { cookie, origin: server.url });
    await wall.frame(({ t }) => t === 'hb');
    const foreign = new LiveSocket(server.url, { cookie, origin: 'http://elsewhere.example' });
    expect(await foreign.closed).toBe(4403);
    const move = {
      method: 'POST',
      headers: fromPage(cookie, { 'content-type': 'application/json' }),
      body: '{}',
    };
    await expectProblem(await call('/v1/alerts/a/transitions', move), 403);

    await revoke();
    expect(await wall.closed).toBe(4401);
    await expectProblem(await call('/v1/session', { headers: { cookie } }), 401);
  });

  it('the admin token becomes a cookie that works from our own pages only, and ends by DELETE', async () => {
    const page = { origin: 'https://board.example', 'sec-fetch-site': 'same-origin' };
    const response = await login('/v1/session', ADMIN_TOKEN, page);
    // The browser came by https, so the cookie travels by nothing else.
    expect(response.headers.get('set-cookie')).toContain('; Secure');
    const cookie = cookieOf(response);
    expect(await (await call('/v1/session', { headers: { cookie } })).json()).toEqual({
      role: 'admin',
      display_name: 'admin',
    });
    const end = (headers: Record<string, string>) => call('/v1/session', { method: 'DELETE', headers });
    await expectProblem(await end({ cookie }), 403);
    await expectProblem(await end({ cookie, 'sec-fetch-site': 'cross-site' }), 403);
    await expectProblem(await end({ cookie, origin: 'http://elsewhere.example' }), 403);
    const ended = await end(fromPage(cookie));
    expect(ended.status).toBe(204);
    expect(ended.headers.get('set-cookie')).toMatch(/^dms_session=; Max-Age=0/);
  });

  it('a cookie that was changed, or signed under another admin token, is nobody’s', async () => {
    const cookie = cookieOf(await login('/v1/session', ADMIN_TOKEN));
    const [name = '', value = ''] = cookie.split('=');
    const [payload = '', mac = ''] = value.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, display_name: 'root' })).toString('base64url');
    for (const wrong of [`${forged}.${mac}`, `${payload}.${mac.slice(1)}A`, payload, `${value}.x`, '.']) {
      await expectProblem(await call('/v1/session', { headers: { cookie: `${name}=${wrong}` } }), 401);
    }
  });

  it('the wrong kind of token opens no session', async () => {
    const display = await around.addKey('display', 'hall');
    await expect.poll(async () => (await login('/v1/display/session', display.secret)).status).toBe(200);
    await expectProblem(await login('/v1/session', display.secret), 401);
    await expectProblem(await login('/v1/display/session', ADMIN_TOKEN), 401);
  });
});

describe('POST /v1/events', () => {
  it('reaches the edge as it came, gzip unopened, without the browser’s cookie', async () => {
    const body = gzipSync('{"event_id":"e1"}\n'.repeat(50_000));
    const response = await call('/v1/events/order?dry=1', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
        'x-api-key': 'dmsk_x',
        cookie: 'dms_session=secret',
      },
      body,
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ accepted: 1, rejected: [] });
    const seen = edgeRequests.at(-1);
    expect(seen?.message.url).toBe('/v1/events/order?dry=1');
    expect(seen?.body.equals(body)).toBe(true);
    expect(seen?.message.headers).toMatchObject({ 'content-encoding': 'gzip', 'x-api-key': 'dmsk_x' });
    expect(seen?.message.headers.cookie).toBeUndefined();
  });

  it('is 503 with Retry-After while the edge is away', async () => {
    const away = await new Surroundings({ ...around.config, EDGE_URL: 'http://127.0.0.1:9' }).start();
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${away.url}/v1/events/order`, { method: 'POST', headers, body: '{}' });
      expect(response.headers.get('retry-after')).toBe('2');
      await expectProblem(response, 503);
    } finally {
      await away.stop();
    }
  });
});

describe('the server’s own pages of itself', () => {
  it('the AsyncAPI document tells where the live frames are', async () => {
    const document = (await (await call('/v1/asyncapi.json')).json()) as {
      asyncapi: string;
      channels: { live: { address: string } };
    };
    expect(document.asyncapi).toBe('3.0.0');
    expect(document.channels.live.address).toBe('/v1/live');
  });

  it('the OpenAPI document names every call that answers', async () => {
    const document = (await (await call('/v1/openapi.json')).json()) as {
      openapi: string;
      paths: Record<string, Record<string, object>>;
    };
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.paths['/v1/forecasts/{version}/export']).toMatchObject({
      get: {
        parameters: expect.arrayContaining([
          expect.objectContaining({ in: 'header', name: 'If-None-Match' }),
        ]) as unknown,
        responses: { 200: { content: { 'text/csv; charset=utf-8': {} } }, 304: {} },
      },
    });
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/v1/kpis',
        '/v1/events/order',
        '/v1/kpis/{id}/series',
        '/v1/alerts/{id}/transitions',
        '/v1/session',
      ]),
    );
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of Object.keys(item)) {
        const response = await call(path.replaceAll(/[{}]/g, ''), { method: method.toUpperCase() });
        expect({ path, method, there: ![404, 405].includes(response.status) }).toMatchObject({ there: true });
      }
    }
  });

  it('is alive, ready and measured; pages may run no inline script', async () => {
    expect((await call('/healthz')).status).toBe(200);
    await expect.poll(async () => (await call('/readyz')).json()).toEqual({ ready: true });
    expect(await (await call('/metrics')).text()).toContain('dms_live_clients');
    const policy = (await call('/healthz')).headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe-inline');
  });
});
