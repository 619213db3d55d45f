import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EVENT_PARTITIONS, SINK_GROUP } from '../../models/contract/topics.ts';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { accountOf } from './support/account.ts';
import { auditWhenDrained, faultsIn, sumOf } from './support/audited.ts';
import { SEED, chance } from './support/chance.ts';
import { Feed } from './support/feed.ts';

const KILLS = 3;
/** What is fed around each kill: enough that inserts are under way for some hundred milliseconds. */
const SCANS_A_KILL = 60_000;
const ORDERS_A_KILL = 10_000;
/** Few enough to be stored at once. */
const SCANS_UNSETTLED = 200;
/** Beyond the session timeout of the sink, 6 s. */
const FROZEN_MS = 8_000;

let pipeline: Pipeline;
let feed: Feed;
let scans = 0;
let orders = 0;
const pick = chance(SEED);

beforeAll(async () => {
  console.log(`FAULTS_SEED=${SEED}`);
  const stack = inject('stack');
  pipeline = await Pipeline.start(stack, ['sink']);
  feed = await Feed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
});

afterAll(async () => {
  await feed.close();
  await pipeline.stop();
});

const group = (): string => `${pipeline.env['DMS_TOPIC_PREFIX'] ?? ''}${SINK_GROUP}`;

async function feedBoth(): Promise<void> {
  await Promise.all([feed.events('scan', SCANS_A_KILL, scans), feed.events('order', ORDERS_A_KILL, orders)]);
  scans += SCANS_A_KILL;
  orders += ORDERS_A_KILL;
}

async function expectOnceEach(): Promise<void> {
  const result = await auditWhenDrained({
    brokers: inject('stack').kafka_brokers,
    prefix: feed.prefix,
    sql: pipeline.sql,
    types: ['scan', 'order'],
  }).catch((cause: unknown) => {
    const { child, output } = pipeline.program('sink');
    const state = child.exitCode === null ? 'runs' : `ended with ${child.exitCode}`;
    throw new Error(`${String(cause)}; the sink ${state}:\n${output.slice(-20).join('\n')}`, { cause });
  });
  expect(faultsIn(result)).toEqual([]);
  const fed = scans + orders;
  expect(sumOf(result)).toEqual({ messages: fed, rows: fed, dead_letters: 0 });
}

describe('the sink', () => {
  it('leaves each message in one row when it is killed again and again in the middle of its work', async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const fed = feedBoth();
      const stored = await accountOf(pipeline.sql, 'scan', 0);
      // Not before it works on this feed, so that the kill hits something; then at a moment of chance.
      await eventually('a first batch', async () =>
        (await accountOf(pipeline.sql, 'scan', 0)).rows > stored.rows ? true : undefined,
      );
      await delay(pick(0, 400));
      await pipeline.end('sink', 'SIGKILL');
      await fed;
      await pipeline.launch('sink');
    }
    await expectOnceEach();
  });

  it('tells Kafka how far it has come when it was killed before it could, though nothing more comes', async () => {
    // What was stored last is settled after a quarter of a second of quiet: asked without a pause, the kill comes before.
    await feed.events('scan', SCANS_UNSETTLED, scans);
    scans += SCANS_UNSETTLED;
    while ((await accountOf(pipeline.sql, 'scan', 0)).rows < scans);
    await pipeline.end('sink', 'SIGKILL');
    await pipeline.launch('sink');
    const committed = await eventually('every offset to be committed', async () => {
      const [topic] = await feed.admin.fetchOffsets({ groupId: group(), topics: [feed.topic('scan')] });
      const offsets = topic?.partitions ?? [];
      const total = offsets.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
      return total === scans && offsets.every(({ metadata }) => metadata?.startsWith('settled '))
        ? total
        : undefined;
    });
    expect(committed).toBe(scans);
  });

  it('makes copies whole that a power cut took from a server which has been started since', async () => {
    await expectOnceEach();
    expect(await pipeline.end('sink')).toBe(0);
    const since = Math.floor(scans / EVENT_PARTITIONS) - SCANS_UNSETTLED;
    const lost = `_topic = 'dms.scans.v1' AND _offset % 2 = 0 AND _offset >= ${since}`;
    const copies = async (): Promise<number> => {
      const [row] = await pipeline.sql.query<{ n: number }>(
        `SELECT count() AS n FROM raw_scans_by_key FINAL WHERE ${lost}`,
      );
      return row?.n ?? 0;
    };
    const before = await copies();
    expect(before).toBeGreaterThan(0);
    await pipeline.sql.command(`DELETE FROM raw_scans_by_key WHERE ${lost}`);
    expect(await copies()).toBe(0);
    // The same offsets, but nothing is said of a server.
    const [topic] = await feed.admin.fetchOffsets({ groupId: group(), topics: [feed.topic('scan')] });
    await feed.admin.setOffsets({
      groupId: group(),
      topic: feed.topic('scan'),
      partitions: (topic?.partitions ?? []).map(({ partition, offset }) => ({ partition, offset })),
    });
    await pipeline.launch('sink');
    await eventually('the commits of the new owner', async () => {
      const offsets = await feed.admin.fetchOffsets({ groupId: group(), topics: [feed.topic('scan')] });
      const notes = offsets[0]?.partitions.map(({ metadata }) => metadata ?? '') ?? [];
      return notes.every((note) => /^settled server=\d+$/.test(note)) ? true : undefined;
    });
    expect(await copies()).toBe(before);
    await expectOnceEach();
  });

  it('leaves each message in one row when it is frozen beyond its session, replaced, and wakes up', async () => {
    const frozen = pipeline.program('sink').child;
    const fed = feedBoth();
    const stored = await accountOf(pipeline.sql, 'scan', 0);
    await eventually('a first batch', async () =>
      (await accountOf(pipeline.sql, 'scan', 0)).rows > stored.rows ? true : undefined,
    );
    frozen.kill('SIGSTOP');
    await fed;
    // Another one, which does not know that it replaces it.
    await Promise.all([pipeline.launch('sink', '0', { SINK_INSTANCE: 'other' }), delay(FROZEN_MS)]);
    frozen.kill('SIGCONT');
    // Both are in the group now and share the partitions; more to do for both.
    await feedBoth();
    await expectOnceEach();
    const exited = once(frozen, 'exit');
    frozen.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await feedBoth();
    await expectOnceEach();
  });
});
