import type { SqlClient } from '../../sql/client.ts';

export const CONTENTS_FILE = 'queries/processors/diversion-contents.sql';

/** Units that are known to be in each of some cases or pallets; those of which none are known are left out. */
export async function unitsIn(
  sql: SqlClient,
  codes: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (codes.length === 0) return new Map();
  const rows = await sql.queryFileOver<{ code: string; units: number }>(CONTENTS_FILE, {
    name: 'asked',
    structure: 'code String',
    lines: codes.map((code) => Buffer.from(`${JSON.stringify({ code })}\n`)),
  });
  return new Map(rows.map((row) => [row.code, row.units]));
}
