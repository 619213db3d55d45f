import type { SqlClient } from '../../sql/client.ts';
import { topicName } from '../kafka.ts';
import type { AuditResult } from './audit.ts';
import { left, type Damage, type RepairOptions } from './damage.ts';
import type { Position } from './positions.ts';
import { dropDoubled } from './repair-doubled.ts';
import { storeLost } from './repair-lost.ts';
import { rangesOf, type OffsetRange } from './ranges.ts';
import type { CopyReport, Finding, Repair } from './report.ts';

/**
 * Mends what can be mended without a doubt, and says of the rest why it is left: lost ranges are stored again, copies of
 * doubled rows dropped, copies in reading order made anew. Changed and unexplained rows are never touched.
 */
export async function repair(options: RepairOptions, result: AuditResult): Promise<Repair[]> {
  const repairs: Repair[] = [];
  const damages = (kind: Finding['kind']): (Damage & Finding)[] =>
    result.partitions.flatMap(({ findings, partition }, index) => {
      const position = result.positions[index];
      if (position === undefined) return [];
      const topic = topicName(position.topic, options.prefix);
      return findings
        .filter((finding) => finding.kind === kind)
        .map((finding) => ({ ...finding, topic, partition, position }));
    });
  const lost: Damage[] = [];
  for (const damage of damages('lost')) {
    const reason = whyNotStored(damage.position, damage);
    if (reason === null) lost.push(damage);
    else repairs.push(left(damage, 'lost', reason));
  }
  repairs.push(...(await storeLost(options, lost)));
  repairs.push(...(await dropDoubled(options, damages('doubled'))));
  for (const copy of result.copies) repairs.push(...(await copyAgain(options.sql, copy, result.positions)));
  return repairs;
}

/**
 * null when a range may be stored although a sink may run, stop or start at any time: then no sink will ever store it.
 * A sink takes a partition over at one beyond the highest row or dead letter, and goes on upwards from there; only an
 * insert that its commit says is open can reach below.
 */
function whyNotStored(position: Position, range: OffsetRange): string | null {
  const { kafka, ledger, letters, open } = position;
  if (kafka === null || range.first < kafka.low) return 'Kafka no longer has it';
  const stored = ledger?.last ?? -1;
  const accounted = open ? stored : Math.max(stored, letters?.last ?? -1);
  if (range.last < accounted) return null;
  return 'nothing later is stored, so the sink itself will store it when it next takes the partition over: restart it';
}

async function copyAgain(
  sql: SqlClient,
  copy: CopyReport,
  positions: readonly Position[],
): Promise<Repair[]> {
  const repairs: Repair[] = [];
  const own = positions.filter(
    ({ type, topic }) => `${type.raw_table}_by_key` === copy.by_key && topic === type.topic,
  );
  for (const { type, topic, partition } of own) {
    const offsets = copy.findings
      .filter((finding) => finding.kind !== 'foreign' && finding.partition === partition)
      .map(({ offset }) => offset)
      .sort((a, b) => a - b);
    for (const { first, last } of rangesOf(offsets)) {
      await sql.commandFile('queries/sink/rederive.sql', {
        params: { raw: type.raw_table, by_key: copy.by_key, topic, partition, first, last },
      });
      repairs.push({ topic, partition, first, last, what: 'copy', done: true, detail: 'copied again' });
    }
  }
  return repairs;
}
