import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ARRAY_EVENTS_MAX } from '../../ingest/edge/records.ts';
import { EdgeSetting, orderEvent, postEvents, type EdgeProcess } from './edge-setting.ts';

interface ProblemBody {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly rejected?: readonly {
    readonly index: number;
    readonly pointer: string;
    readonly detail: string;
  }[];
}

const MIB = 1024 * 1024;
const HOUR_MS = 60 * 60 * 1000;

let setting: EdgeSetting;
let edge: EdgeProcess;
let admin: string;
/** May write for the source erp-a only, and there only for dealers D-1 and D-2. */
let bound: string;
let display: string;
let person: string;
let stored: bigint;

beforeAll(async () => {
  setting = await EdgeSetting.create();
  admin = setting.config.DMS_ADMIN_TOKEN;
  bound = await setting.addKey({ sources: ['erp-a'], dealers: ['D-1', 'D-2'] });
  display = await setting.addKey({ kind: 'display', sources: [], dealers: [] });
  person = await setting.addKey({ kind: 'person', sources: '*', dealers: '*', role: 'planner' });
  edge = await setting.spawnEdge();
});

afterAll(async () => {
  edge.child.kill('SIGTERM');
  expect(await edge.exited).toBe(0);
});

beforeEach(async () => {
  stored = await setting.storedEvents();
});

/** The promise of every refusal: nothing is stored, the process lives and takes the next event. */
afterEach(async () => {
  expect(await setting.storedEvents()).toBe(stored);
  expect(edge.child.exitCode).toBeNull();
  expect((await postEvents(edge.url, admin, orderEvent())).status).toBe(202);
});

const post = (
  body: string | Buffer | object,
  headers?: Record<string, string>,
  token: string | undefined = admin,
) => postEvents(edge.url, token, body, headers);

/** The answer as a problem, after checking that it is one. */
async function problemOf(response: Response, status: number): Promise<ProblemBody> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await response.json()) as ProblemBody;
  expect([response.status, problem.status]).toEqual([status, status]);
  expect(problem.title).not.toBe('');
  expect(problem.detail).not.toBe('');
  return problem;
}

describe('400', () => {
  it.each<[string, string | Buffer, Record<string, string>, RegExp]>([
    ['malformed JSON', '{"event_id": }', {}, /unexpected "}" at position 13/],
    ['JSON that is cut off', '[{"event_id":"1"', {}, /ends too early, at position 16/],
    ['bytes that are no UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d]), {}, /UTF-8/],
    ['a GBK body', Buffer.from('{"reason":"\xd6\xd0"}', 'latin1'), {}, /UTF-8/],
    ['a body that says gzip and is none', '{}', { 'content-encoding': 'gzip' }, /gzip/],
    [
      'gzip that is cut off',
      gzipSync(JSON.stringify(orderEvent())).subarray(0, -20),
      { 'content-encoding': 'gzip' },
      /gzip/,
    ],
    [
      'gzip with a wrong checksum',
      damaged(gzipSync(JSON.stringify(orderEvent()))),
      { 'content-encoding': 'gzip' },
      /gzip/,
    ],
  ])('answers %s', async (_what, body, headers, detail) => {
    expect((await problemOf(await post(body, headers), 400)).detail).toMatch(detail);
  });
});

describe('401', () => {
  it.each([
    ['no key', undefined],
    ['an unknown key', `dmsk_${'A'.repeat(43)}`],
    ['a long key', 'x'.repeat(10_000)],
  ])('answers %s', async (_what, token) => {
    const response = await postEvents(edge.url, token, orderEvent());
    await problemOf(response, 401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });
});

describe('403', () => {
  it('answers a source that the key may not write for', async () => {
    const problem = await problemOf(await post(orderEvent({ source: 'erp-b' }), {}, bound), 403);
    expect(problem.errors).toEqual([{ pointer: '/source', detail: expect.any(String) as string }]);
  });

  it('answers a dealer_id that the key may not write, though the source is its own', async () => {
    const problem = await problemOf(
      await post([orderEvent({ source: 'erp-a', dealer_id: 'D-3' })], {}, bound),
      403,
    );
    expect(problem.rejected).toEqual([
      { index: 0, pointer: '/dealer_id', detail: expect.any(String) as string },
    ]);
  });

  it('answers types that are about no dealer, for a key that is bound to dealers', async () => {
    await problemOf(await post({}, { type: 'product' }, bound), 403);
  });

  it('answers a version of its own dealer, which would let a dealer move its own territory', async () => {
    await problemOf(await post({ dealer_id: 'D-1', territory_id: 'T-2' }, { type: 'dealer' }, bound), 403);
  });

  it('answers a display token and a person’s', async () => {
    for (const token of [display, person]) await problemOf(await post(orderEvent(), {}, token), 403);
  });
});

describe('404 and 405', () => {
  it.each(['nonsense', 'case_transition', '__proto__', '..%2f..%2fhealthz', 'order/1'])(
    'answer the type %s',
    async (type) => {
      await problemOf(await post(orderEvent(), { type }), 404);
    },
  );

  it('answer another method', async () => {
    const response = await fetch(`${edge.url}/v1/events/order`, {
      headers: { authorization: `Bearer ${admin}` },
    });
    await problemOf(response, 405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});

describe('413', () => {
  it('answers a body of 17 MiB', async () => {
    await problemOf(await post(Buffer.alloc(17 * MIB, ' ')), 413);
  });

  it('answers 17 MiB in chunks, whose length nobody said before', async () => {
    expect(await postChunks(Array.from({ length: 17 }, () => Buffer.alloc(MIB, ' ')))).toBe(413);
  });

  it('answers a gzip bomb of 2 GiB in bounded memory', async () => {
    const layer = gzipSync(Buffer.alloc(64 * MIB));
    // Members of gzip may follow each other: 32 of them unfold to 2 GiB out of 2 MiB.
    const bomb = Buffer.concat(Array.from({ length: 32 }, () => layer));
    expect(bomb.length).toBeLessThan(16 * MIB);
    const before = await residentMemory();
    await problemOf(await post(bomb, { 'content-encoding': 'gzip' }), 413);
    expect((await residentMemory()) - before).toBeLessThan(200 * MIB);
  });

  it('answers an array that is too long', async () => {
    const problem = await problemOf(await post(Array.from({ length: ARRAY_EVENTS_MAX + 1 }, () => 0)), 413);
    expect(problem.detail).toContain(String(ARRAY_EVENTS_MAX));
  });
});

describe('415', () => {
  it.each<Record<string, string>>([
    { 'content-type': 'text/csv' },
    { 'content-type': 'application/xml' },
    { 'content-type': 'nonsense' },
    { 'content-encoding': 'br' },
    { 'content-encoding': 'gzip, gzip' },
  ])('answers %j', async (headers) => {
    await problemOf(await post(orderEvent(), headers), 415);
  });
});

describe('422', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown field', { colour: 'red' }, '/0/colour'],
    ['a wrong type', { line_no: '1' }, '/0/line_no'],
    ['a missing field', { order_id: undefined }, '/0/order_id'],
    [
      'an event time far in the future',
      { event_time: new Date(Date.now() + 25 * HOUR_MS).toISOString() },
      '/0/event_time',
    ],
    ['an event time far in the past', { event_time: '1999-12-31T23:59:59.999Z' }, '/0/event_time'],
    ['half a surrogate pair', { reason: '\ud800' }, '/0/reason'],
    ['a NUL', { reason: 'a\0b' }, '/0/reason'],
    ['a control character in an id', { order_id: 'a\nb' }, '/0/order_id'],
  ])('answers %s with its pointer', async (_what, change, pointer) => {
    const problem = await problemOf(await post([orderEvent(change)]), 422);
    expect(problem.errors).toEqual([{ pointer, detail: expect.any(String) as string }]);
    expect(problem.rejected).toEqual([
      { index: 0, pointer: pointer.slice(2), detail: expect.any(String) as string },
    ]);
  });

  it('points into the body as it was sent: from the object itself where it is one', async () => {
    const problem = await problemOf(await post(orderEvent({ line_no: '1' })), 422);
    expect(problem.errors).toMatchObject([{ pointer: '/line_no' }]);
    expect(problem.rejected).toMatchObject([{ index: 0, pointer: '/line_no' }]);
  });

  it('answers numbers beyond a double, and prototypes, as fields like any other', async () => {
    const text = JSON.stringify(orderEvent());
    const huge = await problemOf(await post(text.replace('"qty":2.5', '"qty":1e400')), 422);
    expect(huge.errors).toMatchObject([{ pointer: '/qty' }]);
    const prototype = await problemOf(
      await post(text.replace('{', '{"__proto__":{"qty":1},"constructor":1,')),
      422,
    );
    expect(prototype.errors).toMatchObject([{ pointer: '/__proto__' }, { pointer: '/constructor' }]);
  });

  it.each<[string, string, Record<string, string>]>([
    ['an empty body', '', {}],
    ['an empty array', '[]', {}],
    ['NDJSON of blank lines', '\n\n \n', { 'content-type': 'application/x-ndjson' }],
    ['null', 'null', {}],
    ['a number', '5', {}],
    ['arrays in an array', '[[],[]]', {}],
    ['nesting beyond any stack', `[${'['.repeat(100_000)}${']'.repeat(100_000)}]`, {}],
  ])('answers %s', async (_what, body, headers) => {
    await problemOf(await post(body, headers), 422);
  });

  it('answers NDJSON in which no line is JSON, line by line', async () => {
    const problem = await problemOf(await post('{\nnope\n', { 'content-type': 'application/x-ndjson' }), 422);
    expect(problem.rejected?.map(({ index }) => index)).toEqual([0, 1]);
  });

  it('answers a batch in which some are invalid and the rest forbidden', async () => {
    const events = [orderEvent({ source: 'erp-b' }), orderEvent({ source: 'erp-a', qty: 0 })];
    const problem = await problemOf(await post(events, {}, bound), 422);
    expect(problem.rejected?.map(({ pointer }) => pointer)).toEqual(['/source', '/qty']);
  });
});

/** Posts without a Content-Length; the status. */
function postChunks(chunks: readonly Buffer[]): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' };
    const sending = request(`${edge.url}/v1/events/order`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sending.on('error', reject);
    for (const chunk of chunks) sending.write(chunk);
    sending.end();
  });
}

async function residentMemory(): Promise<number> {
  const metrics = await (await fetch(`${edge.url}/metrics`)).text();
  const bytes = /^process_resident_memory_bytes\S* (\S+)$/m.exec(metrics)?.[1];
  if (bytes === undefined) throw new Error('the edge does not tell its memory');
  return Number(bytes);
}

/** With one bit of the checksum turned over. */
function damaged(gzip: Buffer): Buffer {
  const copy = Buffer.from(gzip);
  copy.writeUInt8((copy.at(-8) ?? 0) ^ 1, copy.length - 8);
  return copy;
}
