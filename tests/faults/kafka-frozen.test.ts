import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { LIVE_LIMITS } from '../../dashboard/server/live/limits.ts';
import { TOLD_WITHIN_MS } from '../../ingest/program/neighbour.ts';
import { startKafka, type RunningKafka } from '../../stack/kafka/kafka.ts';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { LiveSocket, bearer } from '../integration/running-server.ts';
import { accountOf } from './support/account.ts';
import { auditWhenDrained, faultsIn, sumOf } from './support/audited.ts';
import { eventOf } from './support/events.ts';
import { Feed } from './support/feed.ts';

/** Longer than the clients' requests, and than the sink's session, may last. */
const FROZEN_MS = 40_000;
/** Two busy cores may hold an answer up. */
const MARGIN_MS = 20_000;
const EVENTS_A_POST = 50;
const PARTS = ['edge', 'sink', 'processors', 'server'] as const;

let folder: string;
let kafka: RunningKafka;
let pipeline: Pipeline;
let feed: Feed;
let wall: LiveSocket;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dealerstream-kafka-'));
  // A broker of its own, for it is frozen.
  kafka = await startKafka({ dataDir: join(folder, 'kafka'), short_lived: true });
  pipeline = await Pipeline.start({ ...inject('stack'), kafka_brokers: kafka.brokers });
  feed = await Feed.open(kafka.brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
  wall = new LiveSocket(pipeline.url, bearer(pipeline.admin_token));
  await wall.say({ t: 'hello' }, { t: 'sub', topic: 'freshness' });
});

afterAll(async () => {
  await wall.cut();
  await feed.close();
  await pipeline.stop();
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Posts event after event until told to end, each again with the same ids until it is taken. */
class Poster {
  accepted = 0;
  refusals = 0;
  #ends = false;
  readonly #running: Promise<void>;

  constructor() {
    this.#running = this.#run();
  }

  async end(): Promise<void> {
    this.#ends = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#ends) {
      const events = Array.from({ length: EVENTS_A_POST }, (_, i) => eventOf('order', this.accepted + i));
      await eventually(
        'events to be taken',
        async () => {
          const response = await pipeline.fetch('/v1/events/order', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(events),
          });
          if (response.status === 202) return true;
          expect(response.status).toBe(503);
          expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
          this.refusals += 1;
          return undefined;
        },
        FROZEN_MS + 3 * MARGIN_MS,
      );
      this.accepted += EVENTS_A_POST;
      await delay(20);
    }
  }
}

async function untilBoardSays(isStalled: boolean, within_ms: number): Promise<void> {
  await eventually(
    `the board ${isStalled ? '' : 'no longer '}to say that Kafka stands still`,
    () => {
      const beat = wall.frames.findLast((frame) => frame.t === 'hb');
      const stalled = beat?.t === 'hb' ? (beat.stalled ?? []) : [];
      const isTold = isStalled ? stalled.includes('kafka') : beat !== undefined && stalled.length === 0;
      return Promise.resolve(isTold ? true : undefined);
    },
    within_ms,
  );
}

describe('Kafka', () => {
  it('frozen under load loses nothing that was taken, is told on the board, and all goes on in the same programs', async () => {
    const children = PARTS.map((name) => pipeline.program(name).child);
    const poster = new Poster();
    await eventually('a first batch', async () =>
      (await accountOf(pipeline.sql, 'order', 0)).rows > 0 ? true : undefined,
    );
    const thawed = delay(FROZEN_MS).then(() => process.kill(kafka.child.pid, 'SIGCONT'));
    process.kill(kafka.child.pid, 'SIGSTOP');
    await untilBoardSays(true, TOLD_WITHIN_MS + LIVE_LIMITS.heartbeat_ms + MARGIN_MS);
    await thawed;
    await untilBoardSays(false, 3 * MARGIN_MS);
    const { accepted } = poster;
    await eventually('events to be taken again', () =>
      Promise.resolve(poster.accepted > accepted ? true : undefined),
    );
    await poster.end();
    const result = await auditWhenDrained({
      brokers: kafka.brokers,
      prefix: feed.prefix,
      sql: pipeline.sql,
      types: ['order'],
    });
    expect(faultsIn(result)).toEqual([]);
    const { messages, rows } = sumOf(result);
    expect(rows).toBe(messages);
    expect((await accountOf(pipeline.sql, 'order', messages)).events).toBe(poster.accepted);
    expect(PARTS.map((name) => pipeline.program(name).child)).toEqual(children);
    expect(children.map(({ exitCode }) => exitCode)).toEqual(PARTS.map(() => null));
    await eventually('the mart to have each order line', async () => {
      const [row] = await pipeline.sql.query<{ lines: number }>(
        'SELECT count() AS lines FROM mart_order_lines',
      );
      return row?.lines === poster.accepted ? true : undefined;
    });
  });
});
