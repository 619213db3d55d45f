import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlClient } from '../../sql/client.ts';

/** How many rows a series has: 28 days and 12 weeks. */
export const ROWS_A_SERIES = 40;

export interface LargeVersion {
  readonly version: string;
  readonly dealers: number;
  readonly skus: number;
}

/** Writes a forecast version of dealers × products × 40 rows, without forecasting: names and numbers are made up. */
export async function insertLargeVersion(sql: SqlClient, params: LargeVersion): Promise<void> {
  // The version comes last, as a forecast's does: exports find it when it is whole.
  for (const file of ['series.sql', 'rows.sql', 'version.sql'])
    await sql.command(readFileSync(join(import.meta.dirname, file), 'utf8'), { params: { ...params } });
}
