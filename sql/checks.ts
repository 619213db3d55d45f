import { EVENT_TYPES, type EventTypeName } from '../models/contract/registry.ts';
import type { SqlClient, SqlParams, SqlRequest } from './client.ts';

/** An identity that holds at every moment: its file returns the first 100 rows that break it, in order. */
export interface Check {
  readonly file: string;
  /** The event type whose tables it is asked of; null where it is about the whole. */
  readonly event_type: EventTypeName | null;
  readonly params: SqlParams;
}

const OF_EACH_TYPE = ['each-delivery-once', 'reading-order-is-whole', 'core-has-each-event-once'];
const OF_THE_WHOLE = ['versions-do-not-overlap', 'rebates-are-conserved', 'receipts-keep-their-units'];

export const CHECKS: readonly Check[] = [
  ...OF_EACH_TYPE.flatMap((name) =>
    EVENT_TYPES.map(({ type, raw_table, core_view }) => ({
      file: `checks/${name}.sql`,
      event_type: type,
      params: { event_type: type, raw: raw_table, by_key: `${raw_table}_by_key`, core: core_view },
    })),
  ),
  ...OF_THE_WHOLE.map((name) => ({ file: `checks/${name}.sql`, event_type: null, params: {} })),
];

export type Violation = Readonly<Record<string, unknown>>;

/** What one check found. */
export interface CheckResult extends Check {
  /** The rows that break the identity; empty when it holds. */
  readonly violations: readonly Violation[];
}

/**
 * The rows that break one identity. While events come in, the two tables that it compares are not read at one instant: a
 * row counts that breaks it when it is asked again, too. An id used for two events breaks `core-has-each-event-once` until the
 * processor `conflicts` has seen it.
 */
export async function askCheck(
  client: SqlClient,
  { file, params }: Check,
  settings: SqlRequest['settings'] = {},
): Promise<readonly Violation[]> {
  const ask = () => client.queryFile<Violation>(file, { params, settings });
  const first = await ask();
  if (first.length === 0) return first;
  const again = new Set((await ask()).map((row) => JSON.stringify(row)));
  return first.filter((row) => again.has(JSON.stringify(row)));
}

/** Asks every check, one after another. */
export async function runChecks(client: SqlClient): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of CHECKS) results.push({ ...check, violations: await askCheck(client, check) });
  return results;
}
