import { appendFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { auditWhenDrained, faultsIn, sumOf, type Audited } from './support/audited.ts';
import { SEED, chance } from './support/chance.ts';
import { eventOf } from './support/events.ts';
import { Feed } from './support/feed.ts';
import { Fleet, counterOf } from './support/fleet.ts';
import { ownClickHouse, partFolders, type OwnClickHouse } from './support/own-clickhouse.ts';

const DYING_SINK = 'tests/faults/support/dying-sink.ts';
const DEATH_WITHIN_MS = 60_000;
const PARTITIONS = 4;
/** Few enough to be one block of each partition when a sink finds them waiting. */
const PER_PARTITION = 100;

let clickhouse: OwnClickHouse;
let pipeline: Pipeline;
let feed: Feed;
let fleet: Fleet;
/** Fed into each partition, and into the first one beyond that. */
let fed = 0;
let fed_alone = 0;
const pick = chance(SEED);

beforeAll(async () => {
  console.log(`FAULTS_SEED=${SEED}`);
  clickhouse = await ownClickHouse(inject('stack'));
  pipeline = await Pipeline.start(clickhouse.stack, []);
  feed = await Feed.open(inject('stack').kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
  fleet = new Fleet(pipeline.env);
});

afterAll(async () => {
  await feed.close();
  await fleet.stop();
  await pipeline.stop();
  await clickhouse.end();
});

beforeEach(feedAll);

async function feedAll(): Promise<void> {
  await feed.events('scan', PER_PARTITION * PARTITIONS, fed * PARTITIONS);
  fed += PER_PARTITION;
}

/** Only the first partition has something then: its block goes by itself, under a token of its own. */
async function feedAlone(): Promise<void> {
  const unused = 1_000_000;
  await feed.events('scan', PER_PARTITION, unused + fed_alone, 1);
  fed_alone += PER_PARTITION;
}

const audited = (): Audited => ({
  brokers: inject('stack').kafka_brokers,
  prefix: feed.prefix,
  sql: pipeline.sql,
  types: ['scan'],
});

/** Kills the server, tampers with the folder of a table, and starts it again. */
async function tamper(work: (table_folder: string) => Promise<void>, table = 'raw_scans'): Promise<void> {
  const folder = await folderOf(table);
  await clickhouse.server.kill();
  await work(folder);
  await clickhouse.server.restart();
}

async function folderOf(table: string): Promise<string> {
  const [row] = await pipeline.sql.query<{ path: string }>(
    'SELECT data_paths[1] AS path FROM system.tables WHERE database = currentDatabase() AND name = {table: String}',
    { params: { table } },
  );
  if (row === undefined) throw new Error(`no table ${table}`);
  return row.path;
}

async function logFiles(table_folder: string): Promise<string[]> {
  const folder = join(table_folder, 'deduplication_logs');
  return (await readdir(folder)).map((name) => join(folder, name));
}

/** A sink stores what waits; returns how many tokens it found to be orphans. */
async function store(): Promise<number> {
  const sink = await fleet.launch();
  const result = await auditWhenDrained(audited());
  const orphans = await counterOf(sink, 'dms_sink_orphan_tokens_total');
  expect(await fleet.end(sink, 'SIGTERM')).toBe(0);
  expect(faultsIn(result)).toEqual([]);
  const messages = fed * PARTITIONS + fed_alone;
  expect(sumOf(result)).toEqual({ messages, rows: messages, dead_letters: 0 });
  return orphans;
}

/** A sink dies right after one of its inserts. */
async function dieUnsettled(): Promise<void> {
  const launch = { entry: DYING_SINK, env: { DIES_AT: `insert:after:${pick(1, PARTITIONS)}` } };
  expect(await fleet.launchToDie(launch, DEATH_WITHIN_MS)).toMatchObject({
    ended: 'SIGKILL',
    by_itself: true,
  });
}

describe('a ledger whose deduplication log', () => {
  it('has tokens without rows, for their parts were lost, gets each row back once', async () => {
    await store();
    await feedAll();
    // Its intent names the token of that insert, under which the next sink tries again.
    await dieUnsettled();
    await tamper(async (folder) => {
      const parts = await partFolders(folder);
      expect(parts.length).toBeGreaterThan(0);
      for (const part of parts) await rm(part, { recursive: true });
    });
    expect(await store()).toBeGreaterThan(0);
  });

  it('was forged to know a block that is yet to come gets each of its rows once', async () => {
    await store();
    await pipeline.sql.command('CREATE TABLE raw_forged AS raw_scans');
    const lines = await tokenOfNextAlone();
    await tamper(async (folder) => {
      const [log = ''] = await logFiles(folder);
      await appendFile(log, lines);
    });
    await pipeline.sql.command('DROP TABLE raw_forged SYNC');
    await feedAlone();
    expect(await store()).toBe(1);
  });

  it('was lost after an insert that nobody settled gets none of its rows twice', async () => {
    await dieUnsettled();
    await tamper(async (folder) => {
      for (const file of await logFiles(folder)) await rm(file);
    });
    await store();
  });

  it('was cut anywhere in the middle of a line gets each row once', async () => {
    await dieUnsettled();
    await tamper(async (folder) => {
      const files = (await logFiles(folder)).sort();
      const last = files.at(-1) ?? '';
      const bytes = await readFile(last);
      expect(bytes.length).toBeGreaterThan(0);
      await writeFile(last, bytes.subarray(0, pick(1, bytes.length - 1)));
    });
    await store();
  });
});

/** A line of a deduplication log that makes a ledger know the next block of the first partition: that of a table like it. */
async function tokenOfNextAlone(): Promise<string> {
  const next = fed + fed_alone;
  const place = {
    _topic: 'dms.scans.v1',
    _partition: 0,
    _offset: 0,
    _ingested_at: new Date().toISOString(),
  };
  await pipeline.sql.insertLines({
    table: 'raw_forged',
    lines: Buffer.from(JSON.stringify({ ...eventOf('scan', 0), ...place })),
    deduplication_token: `dms.scans.v1:0:${next}-${next + PER_PARTITION - 1}`,
  });
  const [log = ''] = await logFiles(await folderOf('raw_forged'));
  return readFile(log, 'utf8');
}
