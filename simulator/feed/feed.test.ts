import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { readPrefectures } from '../../sql/geo/load.ts';
import type { SimulatedEvent } from '../flow/event-stream.ts';
import { Simulation } from '../flow/simulation.ts';
import { DEFAULTS } from '../options.ts';
import { DAY_MS } from '../time.ts';
import type { Destination } from './destination.ts';
import { sendHistory, sendLive, skipUntil, type FeedPosition } from './feed.ts';
import { HttpDestination } from './http.ts';

const prefectures = readPrefectures();
const start_ms = Date.parse('2026-09-01T00:00:00+08:00');
const until_ms = start_ms + 25 * DAY_MS;
const newSimulation = (): Simulation =>
  new Simulation({ ...DEFAULTS, dealers: 20, days: 25, start_ms }, prefectures);

/** Keeps what it is given, and can be told to fail once after so many events. */
class Collected implements Destination {
  readonly events: SimulatedEvent[] = [];
  readonly #fail_after: number;

  constructor(fail_after = Infinity) {
    this.#fail_after = fail_after;
  }

  deliver(events: readonly SimulatedEvent[]): Promise<void> {
    if (this.events.length >= this.#fail_after) return Promise.reject(new Error('gone'));
    this.events.push(...events);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const never = new AbortController().signal;
const text = (events: readonly SimulatedEvent[]): string =>
  events.map(({ event }) => JSON.stringify(event)).join('\n');

describe('feed', () => {
  test('a history that broke off and was resumed from its state equals one sent in a piece', async () => {
    const whole = new Collected();
    await sendHistory(newSimulation(), whole, { until_ms, ahead_ms: 0 }, () => undefined, never);
    expect(whole.events.length).toBeGreaterThan(12_000);

    const first = new Collected(1);
    const reached: FeedPosition[] = [];
    const broken = sendHistory(
      newSimulation(),
      first,
      { until_ms, ahead_ms: 0 },
      (position) => {
        reached.push(position);
      },
      never,
    );
    await expect(broken).rejects.toThrow('gone');
    const sent_until_ms = reached.at(-1)?.sent_until_ms ?? NaN;

    const second = new Collected();
    const resumed = newSimulation();
    skipUntil(resumed, sent_until_ms, 0);
    await sendHistory(resumed, second, { until_ms, ahead_ms: 0 }, () => undefined, never);
    expect(text([...first.events, ...second.events])).toBe(text(whole.events));
  });

  test('live events carry the time of the clock and the ids that they would have had in history', async () => {
    const live = new Collected();
    const simulation = newSimulation();
    skipUntil(simulation, start_ms + 2 * DAY_MS, 0);
    const stop = new AbortController();
    const from_ms = Date.now();
    const enough = (): void => {
      if (live.events.length > 20) stop.abort();
    };
    await sendLive(
      simulation,
      live,
      start_ms + 2 * DAY_MS,
      { speed: 5000, rate: Infinity },
      enough,
      stop.signal,
    );
    for (const { event } of live.events) {
      const at_ms = Date.parse(String(event['event_time']));
      expect(at_ms).toBeGreaterThanOrEqual(from_ms);
      expect(at_ms).toBeLessThanOrEqual(Date.now());
    }
    const known = new Set([...newSimulation().until(until_ms)].map(({ event }) => event['event_id']));
    expect(live.events.filter(({ event }) => !known.has(event['event_id']))).toEqual([]);
  });
});

describe('posting', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  interface Received {
    readonly path: string;
    readonly lines: number;
    readonly key: string | undefined;
  }

  /** A real HTTP server that answers each request with the next of `answers`, then 202. */
  async function serve(
    answers: readonly { status: number; body: string }[],
  ): Promise<{ url: string; received: Received[] }> {
    const received: Received[] = [];
    const left = [...answers];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const lines = gunzipSync(Buffer.concat(chunks)).toString('utf8').split('\n').length;
        received.push({ path: request.url ?? '', lines, key: request.headers.authorization });
        const answer = left.shift() ?? {
          status: 202,
          body: JSON.stringify({ accepted: lines, rejected: [] }),
        };
        response.writeHead(answer.status, { 'retry-after': '0', 'content-type': 'application/json' });
        response.end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
  }

  const orders = (count: number): SimulatedEvent[] =>
    Array.from({ length: count }, (_, i) => ({ type: 'order', time_ms: i, event: { event_id: String(i) } }));

  test('a batch that met 503 and 429 is sent again until it is accepted', async () => {
    const { url, received } = await serve([
      { status: 503, body: '' },
      { status: 429, body: '' },
    ]);
    await new HttpDestination(url, 'k', never).deliver(orders(3));
    expect(received).toEqual(Array(3).fill({ path: '/v1/events/order', lines: 3, key: 'Bearer k' }));
  });

  test('more events than a request may hold go in several, in order', async () => {
    const { url, received } = await serve([]);
    await new HttpDestination(url, 'k', never).deliver(orders(11_000));
    expect(received.map(({ lines }) => lines)).toEqual([5000, 5000, 1000]);
  });

  test('a refusal ends the feed at once with what the server said', async () => {
    const { url, received } = await serve([{ status: 403, body: '{"detail":"source not allowed"}' }]);
    await expect(new HttpDestination(url, 'k', never).deliver(orders(1))).rejects.toThrow(
      'source not allowed',
    );
    expect(received).toHaveLength(1);
  });

  test('a single refused event ends the feed and says which field', async () => {
    const body = JSON.stringify({
      accepted: 0,
      rejected: [{ index: 0, pointer: '/qty', detail: 'must be above 0' }],
    });
    const { url } = await serve([{ status: 202, body }]);
    await expect(new HttpDestination(url, 'k', never).deliver(orders(1))).rejects.toThrow(
      '/qty: must be above 0',
    );
  });
});
