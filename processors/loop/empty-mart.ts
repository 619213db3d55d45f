import type { SqlClient } from '../../sql/client.ts';
import type { RunnableProcessor } from '../processor.ts';

/** Empties the tables of a processor's mart, as far as they are its own. */
export async function emptyMart(sql: SqlClient, { mart }: RunnableProcessor): Promise<void> {
  if (mart?.empty_file !== undefined) {
    await sql.commandFile(mart.empty_file);
    return;
  }
  for (const table of mart?.tables ?? []) {
    await sql.commandFile('queries/processors/empty-table.sql', { params: { table } });
  }
}
