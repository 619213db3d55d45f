import { randomBytes } from 'node:crypto';
import type { EventType } from '../../models/contract/event-type.ts';
import type { SqlClient } from '../../sql/client.ts';
import { fetchTopicOffsets, topicName, type Admin, type Kafka } from '../kafka.ts';
import { auditCopies } from './audit-copies.ts';
import { Comparer } from './compare.ts';
import { auditOutside } from './audit-outside.ts';
import { Findings } from './findings.ts';
import { positionsOf, type Position } from './positions.ts';
import { lengthOf } from './ranges.ts';
import { readLog, type LogRange } from './read-log.ts';
import type { CopyReport, PartitionReport } from './report.ts';

export interface AuditOptions {
  readonly kafka: Kafka;
  readonly sql: SqlClient;
  readonly prefix: string;
  readonly types: readonly EventType[];
  /** Told now and then: messages compared so far, and how many there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface AuditResult {
  readonly partitions: readonly PartitionReport[];
  readonly copies: readonly CopyReport[];
  /** Where each partition of `partitions` stood, in the same order. */
  readonly positions: readonly Position[];
}

/** One partition under audit. */
interface Case {
  readonly position: Position;
  readonly findings: Findings;
  messages: number;
  low: number;
}

/**
 * Re-reads topics from Kafka's low watermark to the sink's position and compares them with ClickHouse, row by row; then
 * what Kafka has no more, what it never had, and the copies in reading order. Writes nothing, and may run at any time:
 * what has arrived but is not yet stored is told as pending.
 */
export async function audit(options: AuditOptions): Promise<AuditResult> {
  const { kafka, sql, prefix, types } = options;
  const admin = kafka.admin();
  await admin.connect();
  try {
    const cases: Case[] = [];
    for (const type of types) {
      for (const position of await positionsOf(admin, sql, type, prefix)) {
        cases.push({ position, findings: new Findings(), messages: 0, low: position.kafka?.low ?? 0 });
      }
    }
    await compareWithKafka(options, cases);
    await lookAgainAtLows(admin, prefix, cases);
    for (const one of cases) await auditOutside(sql, one.position, one.low, one.findings);
    const copies: CopyReport[] = [];
    for (const type of types) {
      const positions = cases.map(({ position }) => position).filter((position) => position.type === type);
      copies.push(await auditCopies(sql, type, positions));
    }
    return {
      partitions: cases.map(reportOf),
      copies,
      positions: cases.map(({ position }) => position),
    };
  } finally {
    await admin.disconnect();
  }
}

async function compareWithKafka(options: AuditOptions, cases: readonly Case[]): Promise<void> {
  const { kafka, sql, prefix, onProgress } = options;
  const comparers = new Map<EventType, Comparer>();
  const ranges: (LogRange & { readonly one: Case })[] = [];
  for (const one of cases) {
    const { type, partition, kafka: bounds, next } = one.position;
    const last = Math.min(bounds?.high ?? 0, next) - 1;
    if (bounds === null || last < bounds.low) continue;
    if (!comparers.has(type)) comparers.set(type, await Comparer.of(sql, type));
    ranges.push({ topic: topicName(type.topic, prefix), partition, first: bounds.low, last, one });
  }
  const total = ranges.reduce((sum, range) => sum + lengthOf(range), 0);
  let done = 0;
  const group = `${prefix}dms-audit-${randomBytes(6).toString('hex')}`;
  await readLog(kafka, group, ranges, async ({ range, first, last, messages }) => {
    const { position, findings } = range.one;
    const { type, topic, partition } = position;
    await comparers.get(type)?.compare({ topic, partition, first, last, messages }, findings);
    range.one.messages += messages.length;
    done += last - first + 1;
    onProgress?.(done, total);
  });
}

/** Kafka may forget while it is being read: rows whose messages went meanwhile are not unexplained. */
async function lookAgainAtLows(admin: Admin, prefix: string, cases: readonly Case[]): Promise<void> {
  const suspects = cases.filter(
    ({ position, findings }) =>
      position.kafka !== null && findings.list.some(({ kind }) => kind === 'unexplained'),
  );
  for (const one of suspects) {
    const { topic, partition } = one.position;
    const ends = await fetchTopicOffsets(admin, topicName(topic, prefix));
    one.low = Number(ends.find((end) => end.partition === partition)?.low ?? one.low);
    one.findings.excuseBelow(one.low);
  }
}

function reportOf({ position, findings, messages, low }: Case): PartitionReport {
  const { topic, partition, kafka, next, ledger, letters, declared } = position;
  const begin = Math.min(ledger?.first ?? low, letters?.first ?? low, low);
  return {
    topic,
    partition,
    kafka: kafka === null ? null : { low, high: kafka.high },
    position: next,
    messages,
    rows: ledger?.count ?? 0,
    dead_letters: letters?.count ?? 0,
    pending: kafka === null ? 0 : Math.max(0, kafka.high - Math.max(next, low)),
    forgotten: low - begin,
    declared,
    findings: findings.list,
  };
}
