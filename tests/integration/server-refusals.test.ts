import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../dashboard/server/server.ts';
import { PROBLEM_MEDIA_TYPE } from '../../models/contract/problem.ts';
import {
  ADMIN_TOKEN,
  LiveSocket,
  Surroundings,
  assertProblem,
  bearer,
  cookieOf,
  expectProblem,
  loginAt,
} from './running-server.ts';

let around: Surroundings;
let server: RunningServer;

beforeAll(async () => {
  around = await Surroundings.create();
  server = await around.start({ heartbeat_ms: 250 });
});
afterAll(async () => {
  await server.stop();
  await around.stop();
});

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(server.url + path, init);
}

const login = (path: string, token: string): Promise<Response> => loginAt(server.url + path, token);

describe('refusals', () => {
  const json = { 'content-type': 'application/json' };
  const admin = bearer(ADMIN_TOKEN);
  it('a wrong address is told as a wrong event is: each parameter once, with what was expected and what came', async () => {
    const address = '/v1/alerts?state=foo&limit=500&from=2026-11-29&colour=red&kind=clone';
    const problem = await expectProblem(await call(address, { headers: admin }), 400);
    expect(problem.errors).toEqual([
      { pointer: '/state', detail: expect.stringMatching(/^expected one of open, .*, got "foo"$/) as string },
      { pointer: '/limit', detail: 'expected an integer from 1 to 200, got 500' },
      {
        pointer: '/from',
        detail: expect.stringMatching(/^expected .*RFC 3339.*, got "2026-11-29"$/) as string,
      },
      { pointer: '/colour', detail: 'is an unknown field' },
    ]);
    const move = await call('/v1/alerts/dv-none/transitions', {
      method: 'POST',
      headers: { ...admin, ...json },
      body: '{"to":"closed"}',
    });
    expect((await expectProblem(move, 422)).errors).toMatchObject([
      { pointer: '/to_state', detail: expect.stringContaining('is missing: expected one of') as string },
      { pointer: '/to', detail: 'is an unknown field' },
    ]);
  });

  it.each([
    ['1.5', 'expected an integer from 1 to 200, got "1.5"'],
    ['true', 'expected an integer from 1 to 200, got "true"'],
    ['', 'expected an integer from 1 to 200, got ""'],
    ['-1', 'expected an integer from 1 to 200, got -1'],
  ])('a limit of %j is refused, not read as another number', async (limit, detail) => {
    for (const list of ['/v1/alerts', '/v1/dealers', '/v1/forecasts']) {
      const problem = await expectProblem(await call(`${list}?limit=${limit}`, { headers: admin }), 400);
      expect(problem.errors).toEqual([{ pointer: '/limit', detail }]);
    }
  });

  it.each([
    ['no credential', '/v1/kpis', {}, 401],
    ['a wrong token', '/v1/kpis', { headers: bearer('wrong') }, 401],
    ['a path that is none', '/v1/nothing', { headers: admin }, 404],
    ['a version that was never made', '/v1/forecasts/fc-20200101-01', { headers: admin }, 404],
    ['another method', '/v1/kpis', { method: 'PUT', headers: admin }, 405],
    ['a GET of a POST', '/v1/events/order', { headers: admin }, 405],
    ['a parameter that is none', '/v1/alerts?colour=red', { headers: admin }, 400],
    ['a limit that is none', '/v1/alerts?limit=0', { headers: admin }, 400],
    ['an address that cannot be decoded', '/v1/alerts/%zz', { headers: admin }, 400],
    ['a part of a path that is too long', `/v1/alerts/${'x'.repeat(5_000)}`, { headers: admin }, 404],
    [
      'the longest id of a suggestion, which is none',
      `/v1/suggestions/${encodeURIComponent(
        `tr:${Array(3)
          .fill(encodeURIComponent('经'.repeat(64)))
          .join(':')}:2026-W48`,
      )}/decision`,
      { method: 'POST', headers: { ...admin, ...json }, body: '{"decision":"accepted"}' },
      404,
    ],
    ['a cursor that is none', '/v1/alerts?cursor=xx', { headers: admin }, 400],
    ['no upgrade', '/v1/live', { headers: admin }, 426],
    ['a body that is no JSON', '/v1/session', { method: 'POST', headers: json, body: '{' }, 400],
    ['a body of another shape', '/v1/session', { method: 'POST', headers: json, body: '{"tok":1}' }, 422],
    [
      'another media type',
      '/v1/session',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
      415,
    ],
    [
      'too large a body',
      '/v1/session',
      { method: 'POST', headers: json, body: `{"token":"${'x'.repeat(70_000)}"}` },
      413,
    ],
  ] satisfies [string, string, RequestInit, number][])(
    '%s is a problem: %s',
    async (_what, path, init, status) => {
      await expectProblem(await call(path, init), status);
    },
  );

  it('say which methods there are, and point at what is wrong', async () => {
    const other = await call('/v1/kpis', { method: 'PUT', headers: admin });
    expect(other.headers.get('allow')).toBe('GET, HEAD');
    const shape = await call('/v1/session', { method: 'POST', headers: json, body: '{}' });
    expect((await expectProblem(shape, 422)).errors).toMatchObject([{ pointer: '/token' }]);
    const empty = await call('/v1/forecasts/overrides', {
      method: 'PUT',
      headers: { ...admin, ...json },
      body: '{"items":[{}]}',
    });
    const pointers = (await expectProblem(empty, 422)).errors?.map(({ pointer }) => pointer);
    expect(pointers).toEqual(
      expect.arrayContaining(['/items/0/dealer_id', '/items/0/sku_id', '/items/0/bucket_start']),
    );
  });

  const move = (body: string): Promise<Response> =>
    call('/v1/alerts/dv-none/transitions', { method: 'POST', headers: { ...admin, ...json }, body });

  it.each(['\ud800', '\0'])(
    'a text that could not be kept (%j) is refused at its field, not taken and lost on its way',
    async (character) => {
      const answer = await move(JSON.stringify({ to_state: 'confirmed', reason: `a${character}` }));
      expect((await expectProblem(answer, 422)).errors).toEqual([
        { pointer: '/reason', detail: expect.stringMatching(/surrogate|NUL/) as string },
      ]);
    },
  );

  it('a body is told what came, not what that would be as a text', async () => {
    const problem = await expectProblem(await move('{"to_state":"confirmed","assignee":null}'), 422);
    expect(problem.errors).toEqual([
      { pointer: '/assignee', detail: expect.stringMatching(/ got null$/) as string },
    ]);
  });

  it('a body that is nested without end is refused as any other', async () => {
    const depth = 15_000;
    const problem = await expectProblem(await move('['.repeat(depth) + ']'.repeat(depth)), 422);
    expect(problem.errors).toEqual([{ pointer: '', detail: 'expected an object, got a list of 1' }]);
  });

  it('a problem has its media type without a charset', async () => {
    const answers = [await call('/v1/nothing', { headers: admin }), await call('/v1/kpis')];
    for (const answer of answers) expect(answer.headers.get('content-type')).toBe(PROBLEM_MEDIA_TYPE);
  });

  it('the head of a stream of events is 405: it would never end', async () => {
    const answer = await call('/v1/live/events', { method: 'HEAD', headers: admin });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
  });

  it.each([
    ['as_of', '1969-06-01T00:00:00Z'],
    ['as_of', '0000-01-01T00:00:00Z'],
    ['as_known_at', '1999-12-31T23:59:59Z'],
  ])('a question about figures whose %s is %s, before any event, is 400', async (name, time) => {
    const answer = await call(`/v1/kpis?${name}=${time}`, { headers: admin });
    expect((await expectProblem(answer, 400)).errors).toMatchObject([{ pointer: `/${name}` }]);
  });

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, 431],
  ])('%s is a problem before any route sees it', async (_what, bytes, status) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(bytes);
    const answer = await text(socket);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toContain(`Content-Type: ${PROBLEM_MEDIA_TYPE}`);
    assertProblem(JSON.parse(answer.slice(answer.indexOf('{'))));
  });
});

// Last: it uses up what this address may get wrong.
describe('wrong tokens', () => {
  it('are 429 with Retry-After after ten in a minute; a right cookie and a right token of the same address go on working', async () => {
    const cookie = cookieOf(await login('/v1/session', ADMIN_TOKEN));
    const statuses: number[] = [];
    for (let n = 0; n < 14; n += 1) statuses.push((await login('/v1/session', `wrong-${n}`)).status);
    expect(statuses.at(-1)).toBe(429);
    const limited = await login('/v1/session', 'wrong-again');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectProblem(limited, 429);
    expect((await call('/v1/session', { headers: { cookie } })).status).toBe(200);
    expect((await call('/v1/session', { headers: bearer(ADMIN_TOKEN) })).status).toBe(200);
    expect(await new LiveSocket(server.url, bearer('wrong-once-more')).closed).toBe(4429);
  });
});
