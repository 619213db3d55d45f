import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_BYTES_MAX } from '../../ingest/edge/event-validator.ts';
import type { RunningEdge } from '../../ingest/edge/edge.ts';
import { order } from '../../models/contract/events/order.ts';
import { scan, BIZ_STEPS, SCAN_LEVELS } from '../../models/contract/events/scan.ts';
import { stock } from '../../models/contract/events/stock.ts';
import { territory } from '../../models/contract/reference/territory.ts';
import { EdgeSetting, orderEvent, postEvents, type StoredMessage } from './edge-setting.ts';

let setting: EdgeSetting;
let edge: RunningEdge;
let admin: string;

beforeAll(async () => {
  setting = await EdgeSetting.create();
  edge = await setting.startEdge();
  admin = setting.config.DMS_ADMIN_TOKEN;
});

afterAll(async () => {
  await edge.stop();
});

const post = (body: string | Buffer | object, headers?: Record<string, string>) =>
  postEvents(edge.url, admin, body, headers);
const texts = (messages: readonly StoredMessage[]) => messages.map(({ value }) => value.toString());

/** What the topic holds of the events whose ids begin with `prefix`. */
async function storedWith(topic: string, prefix: string): Promise<StoredMessage[]> {
  const messages = await setting.readTopic(topic);
  return messages.filter(({ value }) => value.includes(`"event_id":"${prefix}`));
}

describe('an accepted batch', () => {
  it.each<[string, (events: object[]) => [string | Buffer, Record<string, string>]]>([
    ['a JSON array', (events) => [JSON.stringify(events), {}]],
    ['an indented JSON array', (events) => [JSON.stringify(events, null, 2), {}]],
    ['NDJSON', (events) => [ndjson(events), { 'content-type': 'application/x-ndjson' }]],
    ['a gzipped JSON array', (events) => [gzipSync(JSON.stringify(events)), { 'content-encoding': 'gzip' }]],
    [
      'gzipped NDJSON',
      (events) => [
        gzipSync(ndjson(events)),
        { 'content-encoding': 'gzip', 'content-type': 'application/x-ndjson' },
      ],
    ],
  ])('sent as %s is in Kafka byte for byte, each event under its key', async (form, encode) => {
    const prefix = form.replaceAll(' ', '-');
    const events = Array.from({ length: 250 }, (_, i) =>
      orderEvent({
        event_id: `${prefix}-${i}`,
        order_id: `${prefix}-${i % 7}`,
        reason: '补货 ✓ "quoted" \\u0041',
        promo_id: null,
      }),
    );
    const [body, headers] = encode(events);
    const response = await post(body, headers);
    expect([response.status, await response.json()]).toEqual([202, { accepted: 250, rejected: [] }]);
    const stored = await storedWith(order.topic, prefix);
    expect(texts(stored).toSorted()).toEqual(events.map((event) => JSON.stringify(event)).toSorted());
    for (const { key, value } of stored)
      expect((JSON.parse(value.toString()) as { order_id: string }).order_id).toBe(key);
  });

  it('of one object is the event itself', async () => {
    const event = orderEvent({ event_id: 'single-1' });
    const response = await post(event);
    expect([response.status, await response.json()]).toEqual([202, { accepted: 1, rejected: [] }]);
    expect(texts(await storedWith(order.topic, 'single-1'))).toEqual([JSON.stringify(event)]);
  });

  it('keeps the order of the events of one key', async () => {
    const events = Array.from({ length: 5_000 }, (_, i) =>
      orderEvent({ event_id: `seq-${i}`, order_id: `seq-${i % 3}`, line_no: i + 1 }),
    );
    expect((await post(events)).status).toBe(202);
    const stored = await storedWith(order.topic, 'seq-');
    for (const key of ['seq-0', 'seq-1', 'seq-2']) {
      const lines = stored
        .filter((message) => message.key === key)
        .map(({ value }) => (JSON.parse(value.toString()) as { line_no: number }).line_no);
      expect(lines).toEqual(events.filter(({ order_id }) => order_id === key).map(({ line_no }) => line_no));
    }
  });

  it('keeps every event of many requests at once', async () => {
    const ids = Array.from({ length: 200 }, (_, i) => `many-${i}.`);
    const responses = await Promise.all(
      ids.map((event_id) => post(orderEvent({ event_id, order_id: event_id }))),
    );
    expect(responses.map(({ status }) => status)).toEqual(ids.map(() => 202));
    expect((await storedWith(order.topic, 'many-')).map(({ key }) => key).toSorted()).toEqual(ids.toSorted());
  });

  it('of 16 MiB for one dealer, many times what Kafka takes in a batch, is whole', async () => {
    const event = {
      ...envelope('big'),
      dealer_id: 'D-1',
      location_id: 'L',
      sku_id: 'S',
      on_hand: 1,
      in_transit: 0,
      committed: 0,
      unit_cost: '1',
      currency: 'CNY',
    };
    const line = (i: number) => JSON.stringify({ ...event, event_id: `big-${i}` });
    const count = Math.floor((16 * 1024 * 1024) / (line(99_999).length + 1));
    const lines = Array.from({ length: count }, (_, i) => line(i));
    const response = await post(lines.join('\n'), { type: 'stock', 'content-type': 'application/x-ndjson' });
    expect([response.status, await response.json()]).toEqual([202, { accepted: count, rejected: [] }]);
    expect(texts(await setting.readTopic(stock.topic))).toEqual(lines);
  });

  it('may hold an event of the greatest size', async () => {
    const base = { ...envelope('large'), valid_from: '2026-01-01T00:00:00Z', territory_id: 'T', name: 'x' };
    const withPoints = (points: number) => ({
      ...base,
      geometry: {
        type: 'Polygon',
        coordinates: [[[0, 0], [0, 1], ...Array.from({ length: points }, () => [0.125, 0.5]), [0, 0]]],
      },
    });
    const perPoint = '[0.125,0.5],'.length;
    const points = Math.floor((EVENT_BYTES_MAX - JSON.stringify(withPoints(0)).length) / perPoint);
    const event = withPoints(points);
    expect(JSON.stringify(event).length).toBeGreaterThan(EVENT_BYTES_MAX - perPoint);
    const response = await post(event, { type: 'territory' });
    expect([response.status, await response.json()]).toEqual([202, { accepted: 1, rejected: [] }]);
    expect(texts(await setting.readTopic(territory.topic))).toEqual([JSON.stringify(event)]);
    expect((await post(withPoints(points + 1), { type: 'territory' })).status).toBe(422);
  });
});

describe('a mixed batch', () => {
  it('stores the valid events and names the others by index and pointer', async () => {
    const lines = [
      JSON.stringify(orderEvent({ event_id: 'mix-0' })),
      '{"event_id":',
      '',
      JSON.stringify(orderEvent({ event_id: 'mix-3', qty: -1 })),
      JSON.stringify(orderEvent({ event_id: 'mix-4' })),
    ];
    const response = await post(lines.join('\n'), { 'content-type': 'application/x-ndjson' });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({
      accepted: 2,
      rejected: [
        { index: 1, pointer: '', detail: 'is not valid JSON: it ends too early, at position 12' },
        { index: 3, pointer: '/qty', detail: expect.stringMatching(/^expected .* got -1$/) as string },
      ],
    });
    expect(texts(await storedWith(order.topic, 'mix-'))).toEqual([lines[0], lines[4]]);
  });

  it('stores the one valid event among more than ten thousand lines that are none, and names each of those', async () => {
    const wrong = 10_001;
    const right = JSON.stringify(orderEvent({ event_id: 'among-1' }));
    const body = `${'0\n'.repeat(wrong)}${right}`;
    const response = await post(body, { 'content-type': 'application/x-ndjson' });
    expect(response.status).toBe(202);
    const answer = (await response.json()) as { accepted: number; rejected: { index: number }[] };
    expect(answer.accepted).toBe(1);
    expect(answer.rejected.map(({ index }) => index)).toEqual(Array.from({ length: wrong }, (_, at) => at));
    expect(texts(await storedWith(order.topic, 'among-'))).toEqual([right]);
  });
});

describe('any accepted event', () => {
  // Units are code points, as the lengths of JSON Schema are; `binary` gives all of them but the surrogates.
  const text = (maxLength: number) =>
    fc.string({ unit: 'binary', maxLength }).map((value) => value.replaceAll('\0', ''));
  const id = (maxLength = 64) =>
    fc
      .string({ unit: 'binary', minLength: 1, maxLength })
      .map((value) => value.replaceAll(/[\0-\x1f\x7f]/g, '·'));
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
  const degrees = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true });
  const instant = fc
    .date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2026-11-01T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString());
  const scanEvent = fc.record(
    {
      source: id(),
      event_time: instant,
      dealer_id: id(),
      code: id(256),
      level: fc.constantFrom(...SCAN_LEVELS),
      biz_step: fc.constantFrom(...BIZ_STEPS),
      sku_id: id(),
      position: fc.option(fc.record({ lat: degrees(90), lon: degrees(180) })),
      lot: optional(id()),
      accuracy_m: optional(fc.double({ min: 0, max: 40_000_000, noNaN: true })),
      photo_ref: optional(text(1000)),
    },
    {
      requiredKeys: ['source', 'event_time', 'dealer_id', 'code', 'level', 'biz_step', 'sku_id', 'position'],
    },
  );

  it('read back from Kafka equals the posted one', async () => {
    let run = 0;
    const batch = fc.array(scanEvent, { minLength: 1, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(batch, fc.constantFrom(0, 2), async (scans, indent) => {
        run += 1;
        const events = scans.map(({ position, ...rest }, i) => ({
          ...rest,
          ...position,
          event_id: `run${run}-${i}`,
        }));
        const posted = JSON.stringify(events, null, indent);
        const response = await post(posted, { type: 'scan' });
        expect(await response.json()).toEqual({ accepted: events.length, rejected: [] });
        const stored = await storedWith(scan.topic, `run${run}-`);
        const byId = new Map(
          stored.map(({ value }) => [eventId(value.toString()), JSON.parse(value.toString()) as unknown]),
        );
        expect(stored).toHaveLength(events.length);
        expect(events.map(({ event_id }) => byId.get(event_id))).toEqual(JSON.parse(posted));
      }),
      { numRuns: 15 },
    );
  });
});

function eventId(text: string): string {
  return (JSON.parse(text) as { event_id: string }).event_id;
}

function ndjson(events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

function envelope(event_id: string) {
  return { event_id, source: 'erp', event_time: '2026-11-20T00:00:00Z' };
}
