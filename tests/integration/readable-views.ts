import type { SqlClient } from '../../sql/client.ts';

/** A view or table and how it is read: by its name, or called with a value for each of its parameters. */
export interface Readable {
  readonly name: string;
  readonly from: string;
}

/** Any value of the types that parameters of views have. */
const VALUES: Readonly<Record<string, string>> = {
  String: `'恒达'`,
  Date32: `'2026-11-24'`,
  'Array(Date)': `['2026-11-24']`,
  [`DateTime64(3, 'UTC')`]: `'2026-11-24 00:00:00'`,
};

/** What stands in the client's database under names of that form. */
export async function readableViews(sql: SqlClient, form: string): Promise<Readable[]> {
  const tables = await sql.query<{ name: string; parameters: [string, string][] }>(
    `SELECT name, arrayMap(one -> [one.1, one.2], parameterized_view_parameters) AS parameters
     FROM system.tables WHERE database = currentDatabase() AND match(name, {form: String}) ORDER BY name`,
    { params: { form } },
  );
  return tables.map(({ name, parameters }) => {
    const values = parameters.map(([parameter, type]) => `${parameter} = ${valueOf(type)}`);
    return { name, from: values.length === 0 ? name : `${name}(${values.join(', ')})` };
  });
}

function valueOf(type: string): string {
  const value = VALUES[type];
  if (value === undefined) throw new Error(`no value of type ${type} for a view's parameter`);
  return value;
}
