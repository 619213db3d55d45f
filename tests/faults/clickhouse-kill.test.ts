import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startClickHouse, type RunningClickHouse } from '../../stack/clickhouse/clickhouse.ts';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { accountOf, accountWhenDrained, onceEach } from './support/account.ts';
import { SEED, chance } from './support/chance.ts';
import { Feed } from './support/feed.ts';

const KILLS = 2;
const SCANS_A_KILL = 60_000;

let folder: string;
let clickhouse: RunningClickHouse;
let pipeline: Pipeline;
let feed: Feed;
const pick = chance(SEED);

/** A server of its own, for it is killed: started again with the same folder and ports. */
function start(ports?: RunningClickHouse['ports']): Promise<RunningClickHouse> {
  const { admin, analyst } = inject('stack');
  return startClickHouse({
    dataDir: join(folder, 'clickhouse'),
    adminPassword: admin.password,
    analystPassword: analyst.password,
    databases: [],
    ...(ports === undefined ? {} : { ports }),
  });
}

beforeAll(async () => {
  console.log(`FAULTS_SEED=${SEED}`);
  folder = await mkdtemp(join(tmpdir(), 'dealerstream-clickhouse-'));
  clickhouse = await start();
  const stack = { ...inject('stack'), clickhouse_url: clickhouse.url };
  pipeline = await Pipeline.start(stack, ['sink']);
  feed = await Feed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
});

afterAll(async () => {
  await feed.close();
  await pipeline.stop();
  await clickhouse.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('ClickHouse', () => {
  it('killed in the middle of inserts leaves each message in one row once it is back, and the same sink goes on', async () => {
    const sink = pipeline.program('sink').child;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = await accountOf(pipeline.sql, 'scan', 0);
      const fed = feed.events('scan', SCANS_A_KILL, kill * SCANS_A_KILL);
      await eventually('a first batch', async () =>
        (await accountOf(pipeline.sql, 'scan', 0)).rows > before.rows ? true : undefined,
      );
      await delay(pick(0, 300));
      process.kill(clickhouse.child.pid, 'SIGKILL');
      await clickhouse.exited;
      await fed;
      clickhouse = await start(clickhouse.ports);
    }
    const accounts = await accountWhenDrained(feed, pipeline.sql);
    expect(accounts.get('scan')).toEqual(onceEach(KILLS * SCANS_A_KILL));
    expect(pipeline.program('sink').child).toBe(sink);
    expect(sink.exitCode).toBeNull();
  });
});
