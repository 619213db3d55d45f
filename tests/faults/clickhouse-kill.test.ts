import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { accountOf } from './support/account.ts';
import { auditWhenDrained, faultsIn, sumOf, type Audited } from './support/audited.ts';
import { SEED, chance } from './support/chance.ts';
import { Feed } from './support/feed.ts';
import { ownClickHouse, type OwnClickHouse } from './support/own-clickhouse.ts';

const SCANS_A_KILL = 60_000;

let clickhouse: OwnClickHouse;
let pipeline: Pipeline;
let feed: Feed;
let scans = 0;
const pick = chance(SEED);

beforeAll(async () => {
  console.log(`FAULTS_SEED=${SEED}`);
  clickhouse = await ownClickHouse(inject('stack'));
  pipeline = await Pipeline.start(clickhouse.stack, ['sink']);
  feed = await Feed.open(inject('stack').kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
});

afterAll(async () => {
  await feed.close();
  await pipeline.stop();
  await clickhouse.end();
});

const audited = (): Audited => ({
  brokers: inject('stack').kafka_brokers,
  prefix: feed.prefix,
  sql: pipeline.sql,
  types: ['scan'],
});

/** Kills the server at a moment of chance while a feed is being stored; `meanwhile` begins right before. */
async function killUnderLoad(meanwhile: () => Promise<void>): Promise<void> {
  const before = await accountOf(pipeline.sql, 'scan', 0);
  const fed = feed.events('scan', SCANS_A_KILL, scans);
  scans += SCANS_A_KILL;
  await eventually('a first batch', async () =>
    (await accountOf(pipeline.sql, 'scan', 0)).rows > before.rows ? true : undefined,
  );
  // It ends with the server.
  const other = meanwhile().catch(() => undefined);
  await delay(pick(0, 300));
  await clickhouse.server.kill();
  await Promise.all([fed, other]);
  await clickhouse.server.restart();
}

describe('ClickHouse', () => {
  it('killed in the middle of inserts and of merges leaves each message in one row once it is back, and the same sink goes on', async () => {
    const sink = pipeline.program('sink').child;
    await killUnderLoad(() => Promise.resolve());
    await killUnderLoad(async () => {
      for (;;) {
        await pipeline.sql.command('OPTIMIZE TABLE raw_scans FINAL');
        await pipeline.sql.command('OPTIMIZE TABLE raw_scans_by_key FINAL');
      }
    });
    const result = await auditWhenDrained(audited());
    expect(faultsIn(result)).toEqual([]);
    expect(sumOf(result)).toEqual({ messages: scans, rows: scans, dead_letters: 0 });
    expect(pipeline.program('sink').child).toBe(sink);
    expect(sink.exitCode).toBeNull();
  });
});
