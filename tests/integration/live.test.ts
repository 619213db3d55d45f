import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apply, positions, type LiveState } from '../../dashboard/src/live/state.ts';
import type { RunningServer } from '../../dashboard/server/server.ts';
import { followResults } from '../../dashboard/server/live/results.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { topicName } from '../../ingest/kafka.ts';
import {
  LIVE_SUBPROTOCOL,
  LIVE_TOPICS,
  type LiveTopic,
  type PatchFrame,
  type ServerFrame,
  type SnapFrame,
} from '../../models/contract/live.ts';
import { RESULTS_TOPIC } from '../../models/contract/topics.ts';
import { LiveSocket, Surroundings, bearer, kpi, kpis } from './running-server.ts';

let around: Surroundings;
let server: RunningServer;
const sockets: LiveSocket[] = [];

/** Often enough to be waited for; and nobody is cut for being slow, which on a busy machine a client that reads on is too. */
const LIMITS = { heartbeat_ms: 250, silent_heartbeats_max: 1_000, behind_ms_max: 600_000 };

beforeAll(async () => {
  around = await Surroundings.create();
  server = await around.start(LIMITS);
});
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
});
afterAll(async () => {
  await server.stop();
  await around.stop();
});

function connect(
  headers = bearer(around.config.DMS_ADMIN_TOKEN),
  protocols = [LIVE_SUBPROTOCOL],
): LiveSocket {
  const socket = new LiveSocket(server.url, headers, protocols);
  sockets.push(socket);
  return socket;
}

const isSnap =
  (topic: LiveTopic) =>
  (frame: ServerFrame): frame is SnapFrame =>
    frame.t === 'snap' && frame.topic === topic;
const isPatch =
  (topic: LiveTopic, from: number) =>
  (frame: ServerFrame): frame is PatchFrame =>
    frame.t === 'patch' && frame.topic === topic && frame.seq >= from;

/** What the page would hold after these frames, by the page's own reducer. */
function held(frames: readonly ServerFrame[], before: LiveState = {}): LiveState {
  let state = before;
  for (const frame of frames) {
    if (frame.t !== 'snap' && frame.t !== 'patch') continue;
    const applied = apply(state, frame);
    expect(applied.outcome).not.toBe('gap');
    state = applied.state;
  }
  return state;
}

/** Statements in this server's own database; other files of tests use the same ClickHouse. */
async function queriesSoFar(): Promise<number> {
  await around.sql.command('SYSTEM FLUSH LOGS query_log');
  const [row] = await around.sql.query<{ n: number }>(
    `SELECT toUInt64(count()) AS n FROM system.query_log
     WHERE type = 'QueryStart' AND is_initial_query AND current_database = '${around.config.CLICKHOUSE_DATABASE}' AND query NOT LIKE '%query_log%'`,
  );
  return row?.n ?? 0;
}

describe('GET /v1/live', () => {
  it('a snapshot of each topic equals its query', async () => {
    const wall = connect();
    await wall.say({ t: 'hello' }, ...LIVE_TOPICS.map((topic) => ({ t: 'sub' as const, topic })));
    expect(await wall.frame(({ t }) => t === 'welcome')).toMatchObject({ hb_ms: 250 });
    for (const topic of LIVE_TOPICS) {
      const snap = await wall.frame(isSnap(topic));
      const rows = await around.sql.queryFile<{ key: string; row: string }>(`queries/live/${topic}.sql`, {
        params: { time_zone: 'Asia/Shanghai', reporting_currency: 'CNY' },
      });
      expect(snap.data).toEqual(
        Object.fromEntries(rows.map(({ key, row }) => [key, JSON.parse(row) as unknown])),
      );
    }
  });

  it('a result is a patch of the rows that it changed, a repeated result is none', async () => {
    const wall = connect();
    await wall.say({ t: 'sub', topic: 'kpis' });
    const { seq } = await wall.frame(isSnap('kpis'));
    const first = kpi('fill_rate', 0.91);
    await around.publish(kpis(first), kpis(first), kpis(first, kpi('scan_coverage', 0.5)));
    const last = await wall.frame(isPatch('kpis', seq + 2));
    expect(wall.frames.filter(({ t }) => t === 'patch')).toMatchObject([
      { prev: seq, seq: seq + 1, ops: [{ op: 'put', key: 'fill_rate', row: first }] },
      { prev: seq + 1, seq: seq + 2, ops: [{ op: 'put', key: 'scan_coverage' }] },
    ]);
    expect(last.epoch).toBe(server.hub.state.epoch);
  });

  it('a client that was cut off resumes without a gap, without a snapshot and without a query', async () => {
    const before = connect();
    await before.say({ t: 'sub', topic: 'kpis' });
    const { seq } = await before.frame(isSnap('kpis'));
    const state = held(before.frames);
    await before.cut();
    await around.publish(kpis(kpi('fill_rate', 0.1)), kpis(kpi('fill_rate', 0.2), kpi('days_of_supply', 31)));
    await expect.poll(() => server.hub.state.snapshot('kpis').seq).toBe(seq + 2);

    const queries = await queriesSoFar();
    const after = connect();
    await after.say({ t: 'hello', resume: positions(state) }, { t: 'sub', topic: 'kpis' });
    const patch = await after.frame(isPatch('kpis', seq + 2));
    expect(queries).toBeGreaterThan(0);
    expect(await queriesSoFar()).toBe(queries);
    expect(patch).toMatchObject({ prev: seq, seq: seq + 2 });
    expect(patch.ops.map(({ key }) => key).toSorted()).toEqual(['days_of_supply', 'fill_rate']);
    expect(after.frames.filter(({ t }) => t === 'snap')).toEqual([]);
    expect(held(after.frames, state).kpis?.rows).toEqual(server.hub.state.snapshot('kpis').rows);
  });

  it('a client that lost its place asks again and gets a snapshot', async () => {
    const wall = connect();
    await wall.say({ t: 'sub', topic: 'kpis' });
    await wall.frame(isSnap('kpis'));
    await wall.say({ t: 'sub', topic: 'kpis' });
    await expect.poll(() => wall.frames.filter(isSnap('kpis')).length).toBe(2);
  });

  it('a client that stopped reading gets one coalesced frame when it reads again', async () => {
    const wall = connect();
    await wall.say({ t: 'sub', topic: 'kpis' });
    const { seq } = await wall.frame(isSnap('kpis'));
    wall.socket.pause();
    const bytes = 'x'.repeat(400_000);
    const patches = 40;
    for (let n = 1; n <= patches; n += 1)
      await around.publish(kpis(kpi('fill_rate', n, { reason: `${n}${bytes}` })));
    await expect.poll(() => server.hub.state.snapshot('kpis').seq, { timeout: 30_000 }).toBe(seq + patches);
    wall.socket.resume();
    const last = await wall.frame(isPatch('kpis', seq + patches));
    expect(last.seq - last.prev).toBeGreaterThan(1);
    expect(wall.frames.filter(({ t }) => t === 'patch').length).toBeLessThan(patches);
    expect(held(wall.frames).kpis?.rows).toEqual(server.hub.state.snapshot('kpis').rows);
    await around.publish(kpis(kpi('fill_rate', 0.5)));
  });

  it('a message that is no result, or whose row is not of its topic, changes nothing and stops nothing', async () => {
    await around.publishText('not json');
    await around.publishText('{"topic":"kpis"}');
    await around.publish({ ...kpis(), ops: [{ op: 'put', key: 'k', row: { id: 'k', value: 'many' } }] });
    await around.publish(kpis(kpi('fill_rate', 0.77)));
    await expect
      .poll(() => server.hub.state.snapshot('kpis').rows.get('fill_rate'))
      .toMatchObject({ value: 0.77 });
    expect(server.hub.state.snapshot('kpis').rows.has('k')).toBe(false);
  });

  it('heartbeats tell the age of each feed', async () => {
    const last_event_time = new Date(Date.now() - 90_000).toISOString();
    const row = {
      source: 'erp',
      type: 'order',
      last_event_time,
      last_ingested_at: last_event_time,
      events_24h: 1,
      ingest_lag_p50_s: null,
      ingest_lag_p99_s: null,
      sla_s: 60,
      state: 'late',
      dead_letters: 0,
    };
    await around.publish({
      topic: 'freshness',
      as_of: null,
      processor: 'test',
      ops: [{ op: 'put', key: 'erp|order', row }],
    });
    const wall = connect();
    const hb = await wall.frame((frame) => frame.t === 'hb' && frame.lag_s.orders !== null);
    expect(hb).toMatchObject({ lag_s: { scans: null, stock: null } });
    expect(hb.t === 'hb' && hb.lag_s.orders).toBeGreaterThanOrEqual(90);
  });

  it('what is not a frame of the protocol is answered with a problem, and the socket stays', async () => {
    const wall = connect();
    await wall.say({ t: 'sub', topic: 'kpis', params: { dealer_id: 'D' } });
    wall.socket.send('{"t":"dance"}');
    await wall.frame((frame) => frame.t === 'err' && frame.topic === 'kpis' && frame.problem.status === 400);
    await wall.frame((frame) => frame.t === 'err' && frame.topic === undefined);
    const told = async (data: string | Buffer, pointer: string, detail: RegExp): Promise<void> => {
      wall.socket.send(data);
      await wall.frame(
        (frame) =>
          frame.t === 'err' &&
          frame.problem.errors?.length === 1 &&
          frame.problem.errors.every((error) => error.pointer === pointer && detail.test(error.detail)),
      );
    };
    await told('{"t":"sing"}', '', /^expected an object whose t is "hello" or .*, got an object$/);
    await told('{"t":"sub","topic":"prices"}', '/topic', /^expected one of kpis, map, .*, got "prices"$/);
    await told('{"t":"hello","resume":[{"topic":"map","epoch":"e","seq":-1}]}', '/resume/0/seq', /got -1$/);
    await told('{"t":', '', /is not valid JSON/);
    await told(Buffer.from('{"t":"hello"}'), '', /is binary/);
    await wall.say({ t: 'sub', topic: 'map' });
    await wall.frame(isSnap('map'));
  });
});

describe('close codes', () => {
  it('4401 without a credential, with a wrong one, and when the display token of a socket is revoked', async () => {
    expect(await connect({}).closed).toBe(4401);
    expect(await connect(bearer('dmsd_wrong')).closed).toBe(4401);
    const display = await around.addKey('display', 'lobby');
    await expect
      .poll(async () => (await fetch(`${server.url}/v1/kpis`, { headers: bearer(display.secret) })).status)
      .toBe(200);
    const wall = connect(bearer(display.secret));
    await wall.frame(({ t }) => t === 'hb');
    await display.revoke();
    expect(await wall.closed).toBe(4401);
  });

  it('4403 with a key that may only write', async () => {
    const { secret } = await around.addKey('ingest', 'erp');
    await expect
      .poll(async () => (await fetch(`${server.url}/v1/kpis`, { headers: bearer(secret) })).status)
      .toBe(403);
    expect(await connect(bearer(secret)).closed).toBe(4403);
  });

  it('4429 for a client that talks too much, 1002 without the subprotocol, 1009 for a frame too long', async () => {
    const talker = connect();
    await talker.say(...Array.from({ length: 121 }, () => ({ t: 'unsub' as const, topic: 'map' as const })));
    expect(await talker.closed).toBe(4429);
    expect(await connect(bearer(around.config.DMS_ADMIN_TOKEN), []).closed).toBe(1002);
    const long = connect();
    await long.frame(({ t }) => t === 'welcome');
    long.socket.send('x'.repeat(20_000));
    expect(await long.closed).toBe(1009);
  });

  it('a restarted server ends its sockets with 1001, and a position of its earlier life gets a snapshot', async () => {
    const wall = connect();
    await wall.say({ t: 'sub', topic: 'kpis' });
    await wall.frame(isSnap('kpis'));
    const state = held(wall.frames);
    const [, code] = await Promise.all([server.stop(), wall.closed]);
    expect(code).toBe(1001);
    server = await around.start(LIMITS);
    const back = connect();
    await back.say({ t: 'hello', resume: positions(state) }, { t: 'sub', topic: 'kpis' });
    const snap = await back.frame(isSnap('kpis'));
    expect(snap.epoch).not.toBe(state.kpis?.epoch);
  });

  it('4429 when there are too many sockets', async () => {
    const small = await around.start({ connections_max: 1 });
    try {
      const first = new LiveSocket(small.url);
      await first.frame(({ t }) => t === 'welcome');
      expect(await new LiveSocket(small.url).closed).toBe(4429);
    } finally {
      await small.stop();
    }
  });
});

describe('followResults', () => {
  it('asks for the state anew when results expired before they were read', async () => {
    const topic = topicName(RESULTS_TOPIC, around.config.DMS_TOPIC_PREFIX);
    const admin = around.kafka.admin();
    await admin.connect();
    const [end] = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: end?.high ?? '0' }] });
    const applied: number[] = [];
    let reseeds = 0;
    const results = await followResults({
      kafka: around.kafka,
      prefix: around.config.DMS_TOPIC_PREFIX,
      from: 0n,
      log: createLogger('test', 'silent'),
      apply: ({ ops }) => applied.push(ops.length),
      refuse: (_offset, violation) => {
        throw new Error(violation);
      },
      reseed: async () => {
        reseeds += 1;
        const [now] = await admin.fetchTopicOffsets(topic);
        return BigInt(now?.high ?? '0');
      },
      dead: (error) => {
        throw error;
      },
    });
    try {
      // The follower settles at the end of the topic at some moment; from the first message after it on, all is told.
      await expect
        .poll(
          async () => {
            await around.publish(kpis(kpi('fill_rate', Math.random())));
            return reseeds > 0 && applied.length > 0;
          },
          { timeout: 30_000 },
        )
        .toBe(true);
      expect(reseeds).toBe(1);
    } finally {
      await results.stop();
      await admin.disconnect();
    }
  });
});
