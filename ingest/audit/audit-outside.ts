import type { SqlClient } from '../../sql/client.ts';
import type { Findings } from './findings.ts';
import type { Position } from './positions.ts';
import { piecesOf, rangesOf, without, type OffsetRange } from './ranges.ts';
import { FINDINGS_MAX } from './report.ts';

/** Offsets of one question about what Kafka has forgotten: some ten megabytes in ClickHouse. */
const OFFSETS_A_QUESTION = 1_000_000;

/**
 * Checks what of one partition lies outside of Kafka's log: below its first message (`low`) there must be no gap but
 * declared losses, and nothing twice; from its end on there must be nothing.
 */
export async function auditOutside(
  sql: SqlClient,
  position: Position,
  low: number,
  findings: Findings,
): Promise<void> {
  const { type, topic, partition, kafka, ledger, letters, committed, declared } = position;
  if (topic !== type.topic || kafka === null) {
    const where = topic === type.topic ? 'Kafka has no such partition' : `no ${type.type} travels on it`;
    for (const head of [ledger, letters])
      if (head !== null) findings.add('unexplained', head.first, head.last, where);
    return;
  }
  const begin = Math.min(ledger?.first ?? low, letters?.first ?? low, committed ?? low);
  for (const range of piecesOf({ first: begin, last: low - 1 }, OFFSETS_A_QUESTION)) {
    await auditForgotten(sql, position, range, declared, findings);
  }
  // As of the beginning: what has been stored since then is later than Kafka's end was asked.
  const last = Math.max(ledger?.last ?? -1, letters?.last ?? -1);
  if (last < kafka.high) return;
  const beyond = await sql.queryFile<{ offset: number }>('queries/audit/accounted-beyond.sql', {
    params: { raw: type.raw_table, topic, partition, from: kafka.high, limit: FINDINGS_MAX },
  });
  const offsets = beyond.map(({ offset }) => offset).filter((offset) => offset <= last);
  for (const range of rangesOf(offsets))
    findings.add('unexplained', range.first, range.last, 'beyond Kafka’s end');
}

async function auditForgotten(
  sql: SqlClient,
  { type, topic, partition }: Position,
  range: OffsetRange,
  declared: readonly OffsetRange[],
  findings: Findings,
): Promise<void> {
  const params = { raw: type.raw_table, topic, partition, ...range };
  const gaps = await sql.queryFile<OffsetRange>('queries/audit/gaps.sql', { params });
  for (const gap of gaps.flatMap((one) => without(one, declared))) {
    findings.add('lost', gap.first, gap.last, 'Kafka no longer has it');
  }
  const doubled = await sql.queryFile<{ offset: number }>('queries/audit/doubled-rows.sql', {
    params: { ...params, limit: FINDINGS_MAX },
  });
  for (const one of rangesOf(doubled.map(({ offset }) => offset)))
    findings.add('doubled', one.first, one.last);
}
