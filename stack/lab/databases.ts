import { randomBytes } from 'node:crypto';
import { SqlClient } from '../../sql/client.ts';
import { migrate } from '../../sql/migrate.ts';
import type { LabStack } from './lab.ts';

/** Which ClickHouse of a lab, and who may create databases there. */
type Server = Pick<LabStack, 'clickhouse_url' | 'admin'>;

/** A migrated database without a row, for one user at a time. */
export interface LentDatabase {
  readonly name: string;
  /** Another one each time that it is lent: what lies outside ClickHouse, as topics, goes by it. */
  readonly lent_as: string;
}

const TIME_ZONE = 'Asia/Shanghai';
const REPORTING_CURRENCY = 'CNY';
/** What a database holds when it was migrated: the program's own tables, and the outlines of prefectures. */
const KEPT_TABLES = ['raw_schema_migrations', 'raw_schema_objects', 'core_prefectures'];

/** Of each server: databases that were given back, and what each was like when it was new. */
const idle = new Map<string, string[]>();
const as_migrated = new Map<string, string>();
let lent = 0;

/**
 * A migrated database for tests and benchmarks, with the time zone and currency that the programs have by default. A migration costs
 * more than most files of tests, so one that was given back is lent again; the last ones stay until the lab ends.
 */
export async function lendDatabase(server: Server): Promise<LentDatabase> {
  const name = idle.get(server.clickhouse_url)?.pop() ?? (await newDatabase(server));
  lent += 1;
  return { name, lent_as: `${name}_${process.pid.toString(36)}_${lent}` };
}

/**
 * Takes a database back: empties it for the next one, or drops it when its user changed more than rows. Call it when nothing writes
 * there any more. Names that were not lent are dropped too.
 */
export async function returnDatabase(server: Server, name: string): Promise<void> {
  const sql = new SqlClient({ url: server.clickhouse_url, ...server.admin, database: name });
  try {
    const migrated = as_migrated.get(keyOf(server, name));
    if (migrated !== undefined && migrated === (await schemaOf(sql, name))) {
      await emptyDatabase(sql);
      idle.set(server.clickhouse_url, [...(idle.get(server.clickhouse_url) ?? []), name]);
    } else {
      await sql.command(`DROP DATABASE IF EXISTS ${name}`);
    }
  } finally {
    await sql.close();
  }
}

/**
 * Leaves a database as it was migrated: no event, no mart, no progress, and dictionaries of reference data that nobody has asked yet: they
 * load when they are.
 */
export async function emptyDatabase(sql: SqlClient): Promise<void> {
  const tables = await sql.query<{ name: string }>(
    `SELECT name FROM system.tables
     WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND total_rows > 0 AND name NOT IN {kept: Array(String)}`,
    { params: { kept: KEPT_TABLES } },
  );
  for (const { name } of tables) await sql.command(`TRUNCATE TABLE ${name} SYNC`);
  const dictionaries = await sql.query<{ name: string }>(
    `SELECT name FROM system.dictionaries
     WHERE database = currentDatabase() AND status != 'NOT_LOADED' AND name NOT LIKE '%prefecture%'`,
  );
  for (const { name } of dictionaries) {
    await sql.command(`DETACH DICTIONARY ${name}`);
    await sql.command(`ATTACH DICTIONARY ${name}`);
  }
}

async function newDatabase(server: Server): Promise<string> {
  const database = `t_${randomBytes(4).toString('hex')}`;
  const config = { url: server.clickhouse_url, ...server.admin, database };
  await migrate({ config, cluster: null, time_zone: TIME_ZONE, reporting_currency: REPORTING_CURRENCY });
  const sql = new SqlClient(config);
  try {
    as_migrated.set(keyOf(server, database), await schemaOf(sql, database));
  } finally {
    await sql.close();
  }
  return database;
}

/** A digest of the names and definitions of all that is in a database. */
async function schemaOf(sql: SqlClient, database: string): Promise<string> {
  const [row] = await sql.query<{ digest: string }>(
    `SELECT toString(groupBitXor(sipHash64(name, engine, create_table_query))) AS digest
     FROM system.tables WHERE database = {database: String}`,
    { params: { database } },
  );
  return row?.digest ?? '';
}

function keyOf({ clickhouse_url }: Server, database: string): string {
  return `${clickhouse_url} ${database}`;
}
