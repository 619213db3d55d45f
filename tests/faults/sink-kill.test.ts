import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { SETTLED } from '../../ingest/sink/protocol/intent.ts';
import { SINK_GROUP } from '../../models/contract/topics.ts';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { accountOf } from './support/account.ts';
import { auditWhenDrained, faultsIn, sumOf } from './support/audited.ts';
import { SEED, chance } from './support/chance.ts';
import { Feed } from './support/feed.ts';

/** A killed sink's partitions come free after its session, 6 s: each kill costs that long. */
const KILLS = 2;
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
      return total === scans && offsets.every(({ metadata }) => metadata === SETTLED) ? total : undefined;
    });
    expect(committed).toBe(scans);
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
    await Promise.all([pipeline.launch('sink'), delay(FROZEN_MS)]);
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
