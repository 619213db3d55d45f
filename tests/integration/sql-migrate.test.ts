import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, inject, test } from 'vitest';
import { SqlClient } from '../../sql/client.ts';
import { migrate, type MigrateOptions } from '../../sql/migrate.ts';
import { programArgs } from '../../stack/lab/pipeline.ts';

const stack = inject('stack');
const databases: string[] = [];
const folders: string[] = [];
const server = new SqlClient({ url: stack.clickhouse_url, ...stack.admin });

afterAll(async () => {
  for (const database of databases) await server.command(`DROP DATABASE IF EXISTS ${database} SYNC`);
  await server.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function options(migrations_folder?: string): MigrateOptions {
  const database = `t_migrate_${randomBytes(4).toString('hex')}`;
  databases.push(database);
  return {
    config: { url: stack.clickhouse_url, ...stack.admin, database },
    cluster: null,
    time_zone: 'Asia/Shanghai',
    reporting_currency: 'CNY',
    ...(migrations_folder === undefined ? {} : { migrations_folder }),
  };
}

function copyOfMigrations(): string {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  folders.push(folder);
  cpSync(join(import.meta.dirname, '../../sql/migrations'), folder, { recursive: true });
  return folder;
}

/** Everything that the schema says of itself, but the name of the database. */
async function schemaOf(database: string): Promise<string> {
  const rows = await server.query<{ name: string; said: string }>(
    `SELECT name, replaceAll(create_table_query, {database: String}, 'db') AS said
     FROM system.tables WHERE database = {database: String} ORDER BY name`,
    { params: { database } },
  );
  return rows.map((row) => row.said).join('\n');
}

test('a second run changes nothing', async () => {
  const run = options();
  const first = await migrate(run);
  const schema = await schemaOf(run.config.database);
  expect(first.migrations.length).toBeGreaterThan(10);
  expect(await migrate(run)).toEqual({ migrations: [], objects: [] });
  expect(await schemaOf(run.config.database)).toBe(schema);
});

test('of two at once one does the work and the other finds it done', async () => {
  const run = options();
  const reports = await Promise.all([migrate(run), migrate(run)]);
  const changed = reports.filter((report) => report.migrations.length > 0);
  expect(changed).toHaveLength(1);
  expect(reports.filter((report) => report.objects.length > 0)).toHaveLength(1);
});

test(
  'a migrator killed again and again ends with the schema of one that was not',
  { timeout: 180_000 },
  async () => {
    const undisturbed = options();
    const steps: string[] = [];
    await migrate({ ...undisturbed, on_step: (step) => steps.push(step) });

    const killed = options();
    // Killed later each time: every kind of step is interrupted, and every run finds an unfinished one.
    const survived: number[] = [];
    for (let kill_after = 3; ; kill_after = Math.ceil(kill_after * 1.6)) {
      const done = await runUntilStep(killed, kill_after);
      survived.push(done.steps);
      if (done.finished) break;
    }
    expect(survived.length).toBeGreaterThan(4);
    expect(await schemaOf(killed.config.database)).toBe(await schemaOf(undisturbed.config.database));
    expect(await migrate(killed)).toEqual({ migrations: [], objects: [] });
  },
);

test('an edited migration is refused before anything is done', async () => {
  const folder = copyOfMigrations();
  const run = options(folder);
  await migrate(run);
  const schema = await schemaOf(run.config.database);
  const file = join(folder, '0002_raw_orders.sql');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n-- an afterthought\n`);
  writeFileSync(
    join(folder, '9000_raw_more.sql'),
    'CREATE TABLE IF NOT EXISTS raw_more (a UInt8) ENGINE = MergeTree ORDER BY a;',
  );
  await expect(migrate(run)).rejects.toThrow(/migration 0002_raw_orders was edited after it was applied/);
  expect(await schemaOf(run.config.database)).toBe(schema);
});

test('a database newer than the program is refused', async () => {
  const folder = copyOfMigrations();
  const run = options(folder);
  const newer = join(folder, '9000_raw_more.sql');
  writeFileSync(newer, 'CREATE TABLE IF NOT EXISTS raw_more (a UInt8) ENGINE = MergeTree ORDER BY a;');
  await migrate(run);
  rmSync(newer);
  await expect(migrate(run)).rejects.toThrow(/9000 \(raw_more\).*newer than the program/);
});

test('a statement that fails leaves the next run to go on from it', async () => {
  const folder = copyOfMigrations();
  const run = options(folder);
  const file = join(folder, '9000_raw_more.sql');
  const first = 'CREATE TABLE IF NOT EXISTS raw_more (a UInt8) ENGINE = MergeTree ORDER BY a;\n';
  writeFileSync(file, `${first}ALTER TABLE raw_awaited ADD COLUMN IF NOT EXISTS b UInt8;\n`);
  await expect(migrate(run)).rejects.toMatchObject({ server_code: 60 });
  await server.command(
    `CREATE TABLE ${run.config.database}.raw_awaited (a UInt8) ENGINE = MergeTree ORDER BY a`,
  );
  const report = await migrate(run);
  expect(report.migrations).toEqual(['9000_raw_more']);
});

test('scans and the ways of codes that were there before are kept when their tables are laid out anew, and copied on', async () => {
  const before = copyOfMigrations();
  const later = ['0311_raw_codes_fine_granules', '0332_raw_mart_code_shipments_dealers'];
  for (const one of later) rmSync(join(before, `${one}.sql`));
  const run = options(before);
  await migrate(run);
  const sql = new SqlClient(run.config);
  const scan = (code: string) => ({
    ...{
      event_id: code,
      source: 'wms',
      event_time: '2026-01-05T08:00:00Z',
      dealer_id: 'D1',
      code,
      level: 'unit',
    },
    ...{ biz_step: 'receiving', sku_id: 'S1', _topic: 'dms.scans.v1', _partition: 0, _offset: Number(code) },
    _ingested_at: '2026-01-05T08:00:01Z',
  });
  const way = (code: string) => ({
    ...{
      code,
      sku_id: 'S1',
      level: 'unit',
      shipped_at: ['2026-01-05T08:00:00Z'],
      shipped_to: ['D1'],
      shipped_by: ['HQ'],
      next_seen_at: [null],
    },
    ...{ first_event_time: '2026-01-05T08:00:00Z', last_event_time: '2026-01-05T08:00:00Z', version: 1 },
  });
  const held = async () => ({
    scans: await sql.query('SELECT code, _offset, _precedence FROM raw_scans_by_key FINAL ORDER BY code'),
    ways: await sql.query('SELECT * FROM raw_mart_code_journeys FINAL ORDER BY code'),
    shipments: await sql.query(
      'SELECT shipped_day, code, first_shipped_at, seen_at FROM raw_mart_code_shipments FINAL ORDER BY code',
    ),
    legs: await sql.query('SELECT * FROM raw_mart_code_legs FINAL ORDER BY code'),
  });
  try {
    await sql.insertRows('raw_scans', [scan('1'), scan('2')]);
    await sql.insertRows('raw_mart_code_journeys', [way('1'), way('2')]);
    const known = await held();
    expect(known).toMatchObject({
      scans: { length: 2 },
      ways: { length: 2 },
      shipments: { length: 2 },
      legs: { length: 2 },
    });
    const whole = { ...run, migrations_folder: join(import.meta.dirname, '../../sql/migrations') };
    expect((await migrate(whole)).migrations).toEqual(later);
    const to = { dealer_id: 'D1', shipped_by: 'HQ', sku_id: 'S1' };
    const dealers = 'SELECT dealer_id, shipped_by, sku_id FROM raw_mart_code_shipments FINAL ORDER BY code';
    expect(await sql.query(dealers)).toEqual([to, to]);
    expect(await held()).toEqual(known);
    await sql.insertRows('raw_scans', [scan('3')]);
    await sql.insertRows('raw_mart_code_journeys', [way('3')]);
    expect(await held()).toMatchObject({
      scans: { length: 3 },
      ways: { length: 3 },
      shipments: { length: 3 },
      legs: { length: 3 },
    });
  } finally {
    await sql.close();
  }
});

/** Runs the migrator as a process and kills it (SIGKILL) after so many steps; whether it finished before that. */
async function runUntilStep(
  run: MigrateOptions,
  kill_after: number,
): Promise<{ steps: number; finished: boolean }> {
  const child = spawn(process.execPath, programArgs('ingest/program/migrate-cli.ts'), {
    env: {
      ...process.env,
      CLICKHOUSE_URL: run.config.url,
      CLICKHOUSE_USER: run.config.user,
      CLICKHOUSE_PASSWORD: run.config.password,
      CLICKHOUSE_DATABASE: run.config.database,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let steps = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('the schema is')) continue;
    steps += 1;
    if (steps === kill_after) child.kill('SIGKILL');
  }
  const [code, signal] = await exited;
  if (signal === null && code !== 0) throw new Error(`the migrator ended with ${code}`);
  return { steps, finished: signal === null };
}
