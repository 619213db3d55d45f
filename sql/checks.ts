import { EVENT_TYPES } from '../models/contract/registry.ts';
import type { SqlClient, SqlParams } from './client.ts';

/** An identity that holds at every moment: its file returns the rows that break it (at most 100). */
interface Check {
  readonly file: string;
  /** Asked once for each event type, of its tables; otherwise once. */
  readonly each_type: boolean;
}

const CHECKS: readonly Check[] = [
  { file: 'checks/each-delivery-once.sql', each_type: true },
  { file: 'checks/reading-order-is-whole.sql', each_type: true },
  { file: 'checks/core-has-each-event-once.sql', each_type: true },
  { file: 'checks/versions-do-not-overlap.sql', each_type: false },
  { file: 'checks/rebates-are-conserved.sql', each_type: false },
];

/** What one check found. */
export interface CheckResult {
  readonly file: string;
  /** The event type it was asked for; null where it is about the whole. */
  readonly event_type: string | null;
  /** The rows that break the identity; empty when it holds. */
  readonly violations: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Asks every check, one after another. Ask while nothing is being written: between the insert into a ledger and the copy
 * into its reading order a check sees the difference.
 */
export async function runChecks(client: SqlClient): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { file, each_type } of CHECKS) {
    for (const { event_type, params } of each_type ? perType() : [{ event_type: null, params: {} }]) {
      const violations = await client.queryFile<Record<string, unknown>>(file, { params });
      results.push({ file, event_type, violations });
    }
  }
  return results;
}

function perType(): { event_type: string | null; params: SqlParams }[] {
  return EVENT_TYPES.map(({ type, raw_table, core_view }) => ({
    event_type: type,
    params: { raw: raw_table, by_key: `${raw_table}_by_key`, core: core_view },
  }));
}
