import type { SqlClient } from '../../sql/client.ts';
import type { SuggestionList } from '../exports/suggestion-exports.ts';

/** Rows of one insert. */
const ROWS_PER_INSERT = 20_000;

/** What identifies a run of a cycle; the higher version holds. */
export interface RunStamp {
  readonly cycle: string;
  readonly forecast_version: string;
  readonly created_at: string;
  readonly version: number;
}

export interface SuggestionRow {
  readonly suggestion_id: string;
  readonly [column: string]: unknown;
}

/**
 * Stores the suggestions of a run and ends those, of its cycle and of earlier ones, that it did not make again. One that is as it was keeps its created_at,
 * so that who takes what has changed (deliveries, caches) takes nothing after a run that found nothing new.
 */
export async function storeSuggestions(
  sql: SqlClient,
  list: SuggestionList,
  rows: readonly SuggestionRow[],
  stamp: RunStamp,
): Promise<void> {
  const { cycle, version } = stamp;
  const stored = await sql.queryFile<SuggestionRow>(`queries/forecast/current-${list}.sql`, {
    params: { cycle },
  });
  const by_id = new Map(stored.map((row) => [row.suggestion_id, row]));
  const stamped = rows.map((row) => {
    const made = { ...row, ...stamp };
    const before = by_id.get(row.suggestion_id);
    return before !== undefined && isSame(made, before)
      ? { ...made, created_at: before['created_at'] }
      : made;
  });
  for (let from = 0; from < stamped.length; from += ROWS_PER_INSERT) {
    await sql.insertRows(`raw_mart_${list}`, stamped.slice(from, from + ROWS_PER_INSERT));
  }
  await sql.commandFile(`queries/forecast/supersede-${list}.sql`, { params: { version } });
}

/** Whether all that a run says of a suggestion is stored already; its times aside. Money is told as text here, as a number there. */
function isSame(made: SuggestionRow, before: SuggestionRow): boolean {
  return Object.entries(made).every(([column, value]) => {
    if (column === 'created_at' || column === 'version') return true;
    const other = before[column];
    return value === other || (value !== null && other !== null && Number(value) === Number(other));
  });
}
