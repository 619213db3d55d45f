import { lengthOf, type OffsetRange } from './ranges.ts';

/**
 * What can be wrong with some offsets of a partition:
 * - `lost`: Kafka gave a message, and neither a row nor a dead letter accounts for it;
 * - `doubled`: more than one row, or a row and a dead letter;
 * - `changed`: a row or a dead letter with other content than the message;
 * - `unexplained`: a row or a dead letter without a message of Kafka's.
 */
export const FINDING_KINDS = ['lost', 'doubled', 'changed', 'unexplained'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding extends OffsetRange {
  readonly kind: FindingKind;
  /** What more there is to say, "" when nothing. */
  readonly detail: string;
}

/** One partition of one topic, as Kafka and ClickHouse have it. */
export interface PartitionReport {
  /** As in the contract, without a prefix. */
  readonly topic: string;
  readonly partition: number;
  /** First offset that the broker still has, and the next that it will give; null when it has no such partition. */
  readonly kafka: { readonly low: number; readonly high: number } | null;
  /** The next offset for the sink to store, when the audit began: below it everything must be accounted for. */
  readonly position: number;
  /** Messages read from Kafka again, all below `position`. */
  readonly messages: number;
  /** Rows of the ledger, and offsets with a dead letter, when the audit began. */
  readonly rows: number;
  readonly dead_letters: number;
  /** Offsets from `position` on: arrived, and not yet stored. */
  readonly pending: number;
  /** Offsets below `kafka.low`, of which only the continuity could be checked. */
  readonly forgotten: number;
  /** Ranges that the sink declared lost: Kafka forgot them before they were stored. */
  readonly declared: readonly OffsetRange[];
  readonly findings: readonly Finding[];
}

/** A delivery whose copy in reading order is not as it must be. */
export interface CopyFinding {
  readonly kind: 'missing' | 'changed' | 'foreign';
  readonly partition: number;
  readonly offset: number;
}

/** One `raw_<x>_by_key` against its ledger. */
export interface CopyReport {
  readonly by_key: string;
  /** Rows of the ledger that were compared, and of the copy under FINAL. */
  readonly ledger_rows: number;
  readonly copy_rows: number;
  /** At most FINDINGS_MAX; `more` says whether there were others. */
  readonly findings: readonly CopyFinding[];
  readonly more: boolean;
}

/** Something that --repair did, or why it did not. */
export interface Repair extends OffsetRange {
  readonly topic: string;
  readonly partition: number;
  readonly what: 'lost' | 'doubled' | 'copy';
  readonly done: boolean;
  readonly detail: string;
}

export interface AuditReport {
  readonly clean: boolean;
  /** RFC 3339. */
  readonly began_at: string;
  readonly duration_ms: number;
  readonly partitions: readonly PartitionReport[];
  readonly copies: readonly CopyReport[];
  readonly repairs: readonly Repair[];
}

/** Ranges told of one partition, or places of one copy, at most. */
export const FINDINGS_MAX = 10_000;

/** Whether everything is as it must be. What is pending, and losses that were declared at the time, are. */
export function isClean(report: Pick<AuditReport, 'partitions' | 'copies'>): boolean {
  return (
    report.partitions.every(({ findings }) => findings.length === 0) &&
    report.copies.every(({ findings }) => findings.length === 0)
  );
}

/** How many offsets of all partitions have a finding of a kind. */
export function countOf(partitions: readonly PartitionReport[], kind: FindingKind): number {
  return partitions
    .flatMap(({ findings }) => findings)
    .filter((finding) => finding.kind === kind)
    .reduce((sum, finding) => sum + lengthOf(finding), 0);
}
