import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { TSchema } from 'typebox';
import { EVENT_TYPES } from '../../models/contract/registry.ts';
import type { EventType } from '../../models/contract/event-type.ts';
import { SqlClient } from '../../sql/client.ts';
import { describedTables } from '../../sql/data-dictionary/described.ts';
import { migrate } from '../../sql/migrate.ts';
import { readableViews } from './readable-views.ts';

/** The contract and the comments, held against system.columns of the migrated database. */
const stack = inject('stack');
const config = {
  url: stack.clickhouse_url,
  ...stack.admin,
  database: `t_schema_${randomBytes(4).toString('hex')}`,
};
const sql = new SqlClient(config);

interface Column {
  table: string;
  name: string;
  type: string;
  comment: string;
}
let columns: Column[] = [];

beforeAll(async () => {
  await migrate({ config, cluster: null, time_zone: 'Asia/Shanghai', reporting_currency: 'CNY' });
  columns = await sql.query<Column>(
    'SELECT table, name, type, comment FROM system.columns WHERE database = currentDatabase() ORDER BY table, position',
  );
});
afterAll(async () => {
  await sql.command(`DROP DATABASE IF EXISTS ${config.database} SYNC`);
  await sql.close();
});

const columnsOf = (table: string) => columns.filter((column) => column.table === table);
const typeOf = (table: string, name: string) => columnsOf(table).find((column) => column.name === name)?.type;
const UNDERSCORE = ['_topic', '_partition', '_offset', '_ingested_at'];

describe.each(EVENT_TYPES.map((type): [string, EventType] => [type.type, type]))('%s', (_, type) => {
  const fields = Object.entries(type.schema.properties as Record<string, TSchema>);
  const required = new Set((type.schema as { required?: readonly string[] }).required);

  test('the ledger has the fields of the contract and the place in Kafka, and nothing else', () => {
    const names = columnsOf(type.raw_table).map((column) => column.name);
    expect(names.sort()).toEqual([...fields.map(([name]) => name), ...UNDERSCORE].sort());
  });

  test('every field fits its column', () => {
    for (const [name, schema] of fields) {
      const column = typeOf(type.raw_table, name) ?? '';
      expect(column, `${name}: ${JSON.stringify(schema)}`).toMatch(fittingType(schema, !required.has(name)));
    }
  });

  test('the reading order has the same columns and only the precedence besides', () => {
    const raw = columnsOf(type.raw_table).map(({ name, type: t, comment }) => ({ name, type: t, comment }));
    const byKey = columnsOf(`${type.raw_table}_by_key`).map(({ name, type: t, comment }) => ({
      name,
      type: t,
      comment,
    }));
    expect(byKey.filter((column) => column.name !== '_precedence')).toEqual(raw);
  });

  test("the core view has the contract's fields under their names", () => {
    const names = new Set(columnsOf(type.core_view).map((column) => column.name));
    expect(fields.map(([name]) => name).filter((name) => !names.has(name))).toEqual([]);
  });
});

test('every table, view and dictionary says what it holds', async () => {
  const bare = await sql.query(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND comment = ''`,
  );
  expect(bare).toEqual([]);
});

test('every column says what it holds', async () => {
  // Columns of a dictionary take no comment in ClickHouse's grammar, those of a materialized view are its target's.
  const silent = await sql.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine IN ('Dictionary', 'MaterializedView')`,
  );
  const exempt = new Set(silent.map((table) => table.name));
  expect(columns.filter((column) => column.comment === '' && !exempt.has(column.table))).toEqual([]);
});

test('every view returns the types that it declares', async () => {
  // What a view with parameters declares stands in its statement only: system.columns has no columns of it.
  const declared = new Map(
    describedTables().flatMap((table) =>
      table.columns.map(({ name, type }) => [`${table.name}.${name}`, type] as const),
    ),
  );
  const differences: string[] = [];
  for (const { name, from } of await readableViews(sql, '^(core|mart)_')) {
    const returned = await sql
      .query<{ name: string; type: string }>(`DESCRIBE (SELECT * FROM ${from})`)
      .catch((error: unknown) => {
        differences.push(`${name} cannot be read: ${String(error)}`);
        return [];
      });
    for (const column of returned) {
      const type = typeOf(name, column.name) ?? declared.get(`${name}.${column.name}`);
      if (column.type.replaceAll(/\s+/g, ' ').replaceAll('( ', '(') !== type)
        differences.push(`${name}.${column.name}: ${String(type)} is ${column.type}`);
    }
  }
  expect(differences).toEqual([]);
});

test('every name tells its layer', async () => {
  const stray = await sql.query(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND NOT match(name, '^(raw|core|mart)_')`,
  );
  expect(stray).toEqual([]);
});

/** The column types in which a value of that schema stays what it is. */
function fittingType(schema: TSchema, optional: boolean): RegExp {
  const inner = alternatives(schema).filter((one) => one['type'] !== 'null');
  const type = plainType(inner);
  // An array cannot be Nullable: left out is the empty list.
  if (type.startsWith('Array')) return new RegExp(`^${type}`);
  const wrapped = optional
    ? `(Nullable\\(${type}\\)|LowCardinality\\(Nullable\\(${type}\\)\\))`
    : `(${type}|LowCardinality\\(${type}\\))`;
  return new RegExp(`^${wrapped}$`);
}

function alternatives(schema: TSchema): Record<string, unknown>[] {
  const { anyOf } = schema as { anyOf?: TSchema[] };
  return anyOf === undefined ? [schema as Record<string, unknown>] : anyOf.flatMap(alternatives);
}

function plainType(inner: Record<string, unknown>[]): string {
  const [first = {}] = inner;
  const of = (type: string) => inner.find((one) => one['type'] === type);
  const number = of('number');
  const text = of('string');
  if (number !== undefined && text !== undefined) {
    // A quantity has three decimals, a percentage four.
    return number['x-decimals'] === 3 ? 'Decimal\\(18, 3\\)' : 'Decimal\\(9, 4\\)';
  }
  if (number !== undefined) return 'Float64';
  if (of('integer') !== undefined) return Number(first['maximum']) > 255 ? 'UInt32' : 'UInt(8|32)';
  if (of('boolean') !== undefined) return 'Bool';
  if (of('array') !== undefined) return 'Array';
  if (text?.['format'] === 'date-time') return "DateTime64\\(3, 'UTC'\\)";
  if (text?.['format'] === 'date') return 'Date32';
  if (typeof text?.['pattern'] === 'string' && text['pattern'].includes('{1,12}'))
    return 'Decimal\\(38, 6\\)';
  return 'String';
}
