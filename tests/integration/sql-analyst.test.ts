import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { EVENT_TYPES } from '../../models/contract/registry.ts';
import { SqlClient, type SqlRequest } from '../../sql/client.ts';
import { migrate } from '../../sql/migrate.ts';
import { ANALYST_DATABASES } from '../../stack/lab/lab.ts';
import { readableViews } from './readable-views.ts';

/** What the user `analyst` may see and do, on the users.xml that the stack really uses. */
const stack = inject('stack');
const database = ANALYST_DATABASES[0];
const config = { url: stack.clickhouse_url, ...stack.admin, database };
const server = new SqlClient({ url: stack.clickhouse_url, ...stack.admin });
const admin = new SqlClient(config);
const analyst = new SqlClient({ url: stack.clickhouse_url, ...stack.analyst, database });

const ACCESS_DENIED = { server_code: 497 };
const READONLY = { server_code: 164 };
/** SETTING_CONSTRAINT_VIOLATION */
const BEYOND_LIMIT = { server_code: 452 };

beforeAll(async () => {
  await server.command(`DROP DATABASE IF EXISTS ${database} SYNC`);
  await migrate({ config, cluster: null, time_zone: 'Asia/Shanghai', reporting_currency: 'CNY' });
  const at = { _topic: 't', _partition: 0, _ingested_at: '2026-11-24T00:00:00Z' };
  const common = { source: 's', event_time: '2026-03-01T00:00:00Z', dealer_id: 'd1' };
  const rows: [string, object][] = [
    [
      'raw_dealers',
      {
        ...common,
        event_id: 'd',
        valid_from: '2026-01-01T00:00:00Z',
        name: 'Dealer',
        tier: 1,
        territory_id: 't1',
        status: 'active',
        ...at,
        _offset: 0,
      },
    ],
    [
      'raw_orders',
      {
        ...common,
        event_id: 'o',
        order_id: 'o',
        line_no: 1,
        sku_id: 'k',
        stage: 'placed',
        qty: 1,
        unit_price: '2.5',
        currency: 'CNY',
        channel: 'edi',
        ...at,
        _offset: 0,
      },
    ],
    [
      'raw_scans',
      {
        ...common,
        event_id: 's',
        code: 'c',
        level: 'unit',
        biz_step: 'receiving',
        sku_id: 'k',
        lon: 120.16,
        lat: 30.25,
        ...at,
        _offset: 0,
      },
    ],
  ];
  for (const [table, row] of rows) {
    await admin.insertLines({ table, lines: Buffer.from(JSON.stringify(row)) });
  }
});
afterAll(async () => {
  await server.command(`DROP DATABASE IF EXISTS ${database} SYNC`);
  await Promise.all([server.close(), admin.close(), analyst.close()]);
});

describe('may read', () => {
  test('the truth with the reference data valid then, although its ledgers and dictionaries are closed', async () => {
    expect(await analyst.query('SELECT order_id, unit_price, dealer_name FROM core_orders')).toEqual([
      { order_id: 'o', unit_price: '2.5', dealer_name: 'Dealer' },
    ]);
    expect(await analyst.query('SELECT code, found_adcode FROM core_scans')).toEqual([
      { code: 'c', found_adcode: '330100' },
    ]);
  });

  test('every core and mart view and table', async () => {
    const views = await readableViews(admin, '^(core|mart)_');
    expect(views.length).toBeGreaterThan(EVENT_TYPES.length);
    const refused: string[] = [];
    for (const { name, from } of views) {
      await analyst
        .query(`SELECT * FROM ${from} LIMIT 1`)
        .catch((error: unknown) => refused.push(`${name}: ${String(error)}`));
    }
    expect(refused).toEqual([]);
  });

  test('the comments of what it may read, and of nothing else', async () => {
    const tables = await analyst.query<{ name: string }>(
      `SELECT DISTINCT table AS name FROM system.columns WHERE database = currentDatabase()`,
    );
    expect(tables.length).toBeGreaterThan(EVENT_TYPES.length);
    expect(tables.filter(({ name }) => !/^(core|mart)_/.test(name))).toEqual([]);
  });
});

describe('may not', () => {
  test.each([
    'SELECT * FROM raw_orders',
    'SELECT * FROM raw_orders_by_key',
    'SELECT * FROM raw_dead_letters',
    'SELECT * FROM raw_schema_migrations',
    'SELECT * FROM raw_dealer_versions',
    "SELECT dictGet('raw_dealer_versions', 'name', tuple('d1'), now64(3))",
    'SELECT * FROM core_orders AS o JOIN raw_orders AS r ON o.event_id = r.event_id',
  ])('read a ledger: %s', async (statement) => {
    await expect(analyst.query(statement)).rejects.toMatchObject(ACCESS_DENIED);
  });

  test('find a ledger by its name', async () => {
    // CANNOT_EXTRACT_TABLE_STRUCTURE: no table that it may see has such a name.
    await expect(analyst.query("SELECT * FROM merge('^raw_orders$')")).rejects.toMatchObject({
      server_code: 636,
    });
  });

  test.each([
    'SELECT * FROM system.query_log',
    'SELECT * FROM system.users',
    'SELECT * FROM system.grants',
    'SELECT * FROM system.dictionaries',
    'SELECT * FROM system.text_log',
    'SELECT * FROM system.zookeeper',
    'SELECT * FROM system.server_settings',
  ])('look at the server beyond need: %s', async (statement) => {
    const rows = await analyst.query(statement).catch((error: unknown) => error);
    // Some system tables are open to everybody and filter by what one may see: then nothing may come.
    if (Array.isArray(rows)) expect(rows).toEqual([]);
    else expect(rows).toMatchObject({ server_code: expect.any(Number) as number });
  });

  test('see what others run', async () => {
    const query_id = 'sql-analyst-others';
    const running = admin.query('SELECT sleepEachRow(0.5) FROM numbers(20)', {
      query_id,
      settings: { max_block_size: '1' },
    });
    const ended = running.catch(() => undefined);
    await expect.poll(() => admin.isRunning(query_id)).toBe(true);
    await expect(analyst.query('SELECT query FROM system.processes')).rejects.toMatchObject(ACCESS_DENIED);
    await expect(analyst.command(`KILL QUERY WHERE query_id = '${query_id}' SYNC`)).rejects.toMatchObject({
      server_code: expect.any(Number) as number,
    });
    expect(await admin.isRunning(query_id)).toBe(true);
    await admin.killQuery(query_id);
    await ended;
  });

  test.each([
    'CREATE TABLE mart_mine (a UInt8) ENGINE = Memory',
    'CREATE TEMPORARY TABLE mine (a UInt8)',
    'CREATE VIEW mart_mine AS SELECT 1',
    'CREATE FUNCTION mine AS x -> x',
    'CREATE DICTIONARY mart_mine (a UInt64) PRIMARY KEY a SOURCE(NULL()) LAYOUT(FLAT()) LIFETIME(0)',
    'CREATE USER mine',
    'INSERT INTO core_prefectures (adcode) VALUES (1)',
    'ALTER TABLE core_prefectures DELETE WHERE 1',
    'TRUNCATE TABLE core_prefectures',
    'DROP VIEW core_orders',
    'RENAME TABLE core_orders TO core_gone',
    'OPTIMIZE TABLE core_prefectures',
    'GRANT SELECT ON *.* TO analyst',
    'SYSTEM RELOAD DICTIONARY raw_dealer_versions',
    'SYSTEM SHUTDOWN',
    "SELECT 1 INTO OUTFILE '/tmp/x'",
  ])('change or make anything: %s', async (statement) => {
    const before = await admin.query('SELECT count() AS n FROM core_prefectures');
    await expect(analyst.command(statement)).rejects.toMatchObject({
      server_code: expect.any(Number) as number,
    });
    expect(await admin.query('SELECT count() AS n FROM core_prefectures')).toEqual(before);
    expect(
      await admin.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN ('mart_mine', 'core_gone')",
      ),
    ).toEqual([]);
  });

  test.each([
    "SELECT * FROM url('http://127.0.0.1:1/', CSV, 'a String')",
    "SELECT * FROM file('/etc/passwd', CSV, 'a String')",
    "SELECT * FROM remote('127.0.0.1', system.one)",
    "SELECT * FROM s3('http://127.0.0.1:1/bucket/y.csv', CSV, 'a String')",
    "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM executable('x', CSV, 'a String')",
    'SELECT * FROM cluster(default, system.one)',
    "SELECT * FROM azureBlobStorage('x', 'c', 'b', 'a', 'k', CSV, 'auto', 'a String')",
  ])('reach the outside or the disk: %s', async (statement) => {
    // Refused for want of a right, or because this build knows no such function: never by the attempt itself.
    await expect(analyst.query(statement)).rejects.toMatchObject({
      code: expect.stringMatching(
        /^(ACCESS_DENIED|UNKNOWN_FUNCTION|READONLY|CLUSTER_DOESNT_EXIST)$/,
      ) as string,
    });
  });
});

describe('limits', () => {
  test.each<NonNullable<SqlRequest['settings']>>([
    { max_execution_time: 0 },
    { max_execution_time: 3_600 },
    { max_memory_usage: '0' },
    { max_memory_usage: '100000000000' },
    { max_result_rows: '0' },
    { max_result_rows: '100000000' },
    { max_threads: 64 },
    { max_memory_usage_for_user: '0' },
    { log_queries: 0 },
    { os_thread_priority: '0' },
  ])('it cannot raise %o', async (settings) => {
    await expect(analyst.query('SELECT 1', { settings })).rejects.toMatchObject(BEYOND_LIMIT);
  });

  test('it cannot leave read-only mode', async () => {
    await expect(analyst.query('SELECT 1', { settings: { readonly: '0' } })).rejects.toMatchObject(READONLY);
  });

  test('taking the profile of others lifts none of its limits', async () => {
    const settings = { session_id: 'sql-analyst-profile' } as Record<string, string>;
    await analyst.command("SET profile = 'default'", { settings });
    const statement = `SELECT toUInt8(getSetting('readonly')) AS readonly, toUInt64(getSetting('max_result_rows')) AS rows`;
    expect(await analyst.query(statement, { settings })).toEqual([{ readonly: 2, rows: 1_048_576 }]);
    await expect(analyst.command('SET max_result_rows = 0', { settings })).rejects.toMatchObject(
      BEYOND_LIMIT,
    );
    await expect(
      analyst.query('SELECT 1', { settings: { profile: 'default', max_execution_time: 0 } }),
    ).rejects.toMatchObject(BEYOND_LIMIT);
  });

  test('its queries give way to the others’', async () => {
    expect(
      await analyst.query(
        `SELECT toString(value) AS nice FROM system.settings WHERE name = 'os_thread_priority'`,
      ),
    ).toEqual([{ nice: '10' }]);
  });

  test('a query that runs too long is ended by the limit of time', async () => {
    await expect(
      analyst.query('SELECT sleepEachRow(1) FROM numbers(30)', {
        settings: { max_execution_time: 1, max_block_size: '1' },
      }),
    ).rejects.toMatchObject({ code: 'TIMEOUT_EXCEEDED' });
  });

  test('a query that wants too much memory is ended by the limit of memory', async () => {
    await expect(
      analyst.query('SELECT length(groupArray(number)) FROM numbers(100000000)', {
        settings: { max_memory_usage: '50000000' },
      }),
    ).rejects.toMatchObject({ code: 'MEMORY_LIMIT_EXCEEDED' });
    const [limit] = await analyst.query<{ memory: number; rows: number; time: number }>(
      `SELECT toUInt64(getSetting('max_memory_usage')) AS memory, toUInt64(getSetting('max_result_rows')) AS rows, toUInt64(getSetting('max_execution_time')) AS time`,
    );
    expect(limit).toEqual({ memory: 2_000_000_000, rows: 1_048_576, time: 60 });
  });

  test('a result of more rows than a sheet holds is refused', async () => {
    await expect(analyst.query('SELECT number FROM numbers(1048577) FORMAT Null')).rejects.toBeDefined();
    await expect(analyst.command('SELECT number FROM numbers(1048577)')).rejects.toMatchObject({
      server_code: 396,
    });
  });
});

describe('drivers', () => {
  // clickhouse-go (Grafana's data source) passes its deadline on as max_execution_time, in whole seconds and 5 more;
  // the data source puts ad-hoc filters into additional_table_filters.
  test('the settings of Grafana are accepted', async () => {
    const rows = await analyst.query('SELECT order_id FROM core_orders', {
      settings: {
        max_execution_time: 65,
        additional_table_filters: `{'${database}.core_orders': 'stage = \\'placed\\''}` as never,
      },
    });
    expect(rows).toEqual([{ order_id: 'o' }]);
  });

  // clickhouse-java (Metabase, Superset by JDBC) sends the row limit with a break, a time zone, and asks for compression.
  test('the settings of Metabase are accepted', async () => {
    const rows = await analyst.query('SELECT order_id FROM core_orders', {
      settings: {
        max_result_rows: '2000',
        result_overflow_mode: 'break',
        session_timezone: 'Asia/Shanghai',
        enable_http_compression: 1,
        extremes: 0,
        join_use_nulls: 1,
      },
    });
    expect(rows).toEqual([{ order_id: 'o' }]);
  });

  // What they read to list tables and fields.
  test.each([
    'SELECT name, comment FROM system.databases',
    'SELECT name, engine, comment FROM system.tables WHERE database = currentDatabase()',
    'SELECT name, type, comment FROM system.columns WHERE database = currentDatabase()',
    'SELECT name FROM system.functions LIMIT 1',
    "SELECT version(), timezone(), currentUser(), getSetting('readonly')",
    'DESCRIBE TABLE core_orders',
    'SHOW TABLES',
  ])('can look at the schema: %s', async (statement) => {
    expect((await analyst.query(statement)).length).toBeGreaterThan(0);
  });
});
