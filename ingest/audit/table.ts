import { lengthOf, totalOf, type OffsetRange } from './ranges.ts';
import type { AuditReport, CopyReport, PartitionReport } from './report.ts';
import { FINDING_KINDS, countOf } from './report.ts';

/** Findings of one partition or copy that are printed; --json has all. */
const SHOWN_MAX = 20;

/** A report for people: one line a partition that holds anything, what is wrong, what was mended, and the sum. */
export function tableOf(report: AuditReport): string {
  const held = report.partitions.filter(
    ({ kafka, rows, dead_letters }) => rows > 0 || dead_letters > 0 || (kafka?.high ?? 0) > 0,
  );
  const lines =
    held.length === 0 ? ['Kafka and ClickHouse are both empty'] : columns([HEADER, ...held.map(rowOf)]);
  for (const partition of report.partitions) lines.push(...linesOfPartition(partition));
  for (const copy of report.copies) lines.push(...linesOfCopy(copy));
  for (const { topic, partition, what, done, detail, ...range } of report.repairs) {
    lines.push(`${done ? 'repaired' : 'left'}: ${what} ${topic}/${partition} ${nameOf(range)}: ${detail}`);
  }
  lines.push(sumOf(report));
  return `${lines.join('\n')}\n`;
}

const HEADER = ['topic/partition', 'in Kafka', 're-read', 'rows', 'dead', 'pending', 'forgotten', 'verdict'];

function rowOf(partition: PartitionReport): string[] {
  const { topic, kafka, messages, rows, dead_letters, pending, forgotten, findings } = partition;
  const kinds = FINDING_KINDS.filter((kind) => findings.some((finding) => finding.kind === kind));
  return [
    `${topic}/${partition.partition}`,
    kafka === null ? 'none' : `${kafka.low}..${kafka.high}`,
    String(messages),
    String(rows),
    String(dead_letters),
    String(pending),
    String(forgotten),
    kinds.length === 0 ? 'clean' : kinds.join(', '),
  ];
}

/** The first and last column to the left, the figures between to the right. */
function columns(rows: readonly string[][]): string[] {
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        if (column === HEADER.length - 1) return cell;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  '),
  );
}

function linesOfPartition({ topic, partition, declared, findings }: PartitionReport): string[] {
  const lines = findings.slice(0, SHOWN_MAX).map(({ kind, detail, ...range }) => {
    const more = detail === '' ? '' : ` (${detail})`;
    return `${kind}: ${topic}/${partition} ${nameOf(range)}${more}`;
  });
  if (findings.length > SHOWN_MAX)
    lines.push(`… ${findings.length - SHOWN_MAX} ranges more of ${topic}/${partition}: --json has them`);
  for (const loss of declared) lines.push(`declared lost: ${topic}/${partition} ${nameOf(loss)}`);
  return lines;
}

function linesOfCopy({ by_key, findings, more }: CopyReport): string[] {
  const lines = findings
    .slice(0, SHOWN_MAX)
    .map(({ kind, partition, offset }) => `${by_key}: ${kind} ${partition}/${offset}`);
  if (more || findings.length > SHOWN_MAX) lines.push(`… and more of ${by_key}`);
  return lines;
}

function nameOf(range: OffsetRange): string {
  const { first, last } = range;
  return first === last ? `offset ${first}` : `offsets ${first}..${last}: ${lengthOf(range)}`;
}

function sumOf({ clean, partitions, copies, duration_ms }: AuditReport): string {
  const sum = (count: (partition: PartitionReport) => number): number =>
    partitions.reduce((total, partition) => total + count(partition), 0);
  const messages = sum((partition) => partition.messages);
  const figures = [
    `${messages} messages re-read`,
    ...FINDING_KINDS.map((kind) => `${countOf(partitions, kind)} ${kind}`),
    `${copies.reduce((total, { findings }) => total + findings.length, 0)} wrong in reading order`,
    `${sum(({ pending }) => pending)} pending`,
    `${sum(({ declared }) => totalOf(declared))} declared lost`,
  ];
  const rate = Math.round(messages / Math.max(0.001, duration_ms / 1000));
  const took = `${(duration_ms / 1000).toFixed(1)} s, ${rate} messages/s`;
  return `${clean ? 'clean' : 'NOT CLEAN'}: ${figures.join(', ')}; ${took}`;
}
