import type { EventType } from '../../models/contract/event-type.ts';
import type { SqlClient } from '../../sql/client.ts';
import type { Position } from './positions.ts';
import { FINDINGS_MAX, type CopyFinding, type CopyReport } from './report.ts';

/** One event id used for different events is rare: so many of them are looked at together. */
const EVENTS_A_QUESTION = 1_000;
/** Both tables are read whole. */
const TIMEOUT_S = 3_600;
const PARTITION_BITS = 48;

interface Difference {
  readonly kind: CopyFinding['kind'] | 'several';
  /** partition × 2^48 + offset, as text: beyond what a number holds. */
  readonly place: string;
  readonly event: string;
}

/**
 * Compares `raw_<x>_by_key` with its ledger: it must hold the first delivery of every event, with the same content, and
 * nothing that the ledger does not hold. Judged is what lies below the sink's commits: above them an insert can be
 * between the ledger and the copy.
 */
export async function auditCopies(
  sql: SqlClient,
  type: EventType,
  positions: readonly Position[],
): Promise<CopyReport> {
  const own = positions.filter(({ topic }) => topic === type.topic);
  const bounds = {
    partitions: own.map(({ partition }) => partition),
    bounds: own.map(({ committed, next }) => committed ?? next),
  };
  const by_key = `${type.raw_table}_by_key`;
  const params = { raw: type.raw_table, by_key, ...bounds };
  const settings = { max_execution_time: TIMEOUT_S };
  const [whole] = await sql.queryFile<{
    ledger_rows: number;
    ledger_digest: string;
    copy_rows: number;
    copy_digest: string;
  }>('queries/audit/copy-digest.sql', { params, settings });
  if (whole === undefined) throw new Error('a comparison returned no row');
  const { ledger_rows, copy_rows } = whole;
  const same = ledger_rows === copy_rows && whole.ledger_digest === whole.copy_digest;
  if (same) return { by_key, ledger_rows, copy_rows, findings: [], more: false };
  const differences = await sql.queryFile<Difference>('queries/audit/copy-differences.sql', {
    params: { ...params, limit: FINDINGS_MAX + 1 },
    settings,
  });
  const findings = differences.flatMap(({ kind, place }) =>
    kind === 'several' ? [] : [findingAt(kind, place)],
  );
  const several = differences.filter(({ kind }) => kind === 'several').map(({ event }) => event);
  for (let from = 0; from < several.length; from += EVENTS_A_QUESTION) {
    const events = several.slice(from, from + EVENTS_A_QUESTION);
    const foreign = await sql.queryFile<{ place: string }>('queries/audit/copy-foreign.sql', {
      params: { ...params, events },
      settings,
    });
    findings.push(...foreign.map(({ place }) => findingAt('foreign', place)));
  }
  return { by_key, ledger_rows, copy_rows, findings, more: differences.length > FINDINGS_MAX };
}

function findingAt(kind: CopyFinding['kind'], place: string): CopyFinding {
  const number = BigInt(place);
  return {
    kind,
    partition: Number(number >> BigInt(PARTITION_BITS)),
    offset: Number(BigInt.asUintN(PARTITION_BITS, number)),
  };
}
