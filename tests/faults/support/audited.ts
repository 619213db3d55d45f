import { audit, type AuditResult } from '../../../ingest/audit/audit.ts';
import { positionsOf } from '../../../ingest/audit/positions.ts';
import { createKafka, type Kafka } from '../../../ingest/kafka.ts';
import { createLogger } from '../../../ingest/program/program.ts';
import { EVENT_TYPES, type EventTypeName } from '../../../models/contract/registry.ts';
import type { SqlClient } from '../../../sql/client.ts';
import { eventually } from '../../../stack/lab/pipeline.ts';

/** Where a test's topics and tables are. */
export interface Audited {
  readonly brokers: string;
  readonly prefix: string;
  readonly sql: SqlClient;
  /** Types that the test feeds. */
  readonly types: readonly EventTypeName[];
}

/** Longer than a rebalance, a takeover and the sink's longest pause together. */
const DRAIN_MS = 90_000;

/** Waits until the sink has accounted for all that Kafka holds, then audits it. */
export async function auditWhenDrained(audited: Audited, within_ms = DRAIN_MS): Promise<AuditResult> {
  await drained(audited, within_ms);
  return audit(optionsOf(audited));
}

/** Waits until the sink has accounted for all that Kafka holds. */
export async function drained(audited: Audited, within_ms = DRAIN_MS): Promise<void> {
  const { kafka, sql, prefix, types } = optionsOf(audited);
  const admin = kafka.admin();
  await admin.connect();
  let last = 'nothing yet';
  const isDrained = async (): Promise<true | undefined> => {
    let behind = 0;
    for (const type of types) {
      for (const { kafka: bounds, committed, ledger, letters } of await positionsOf(
        admin,
        sql,
        type,
        prefix,
      )) {
        // Settled, so that the copies are judged too; and there: what was settled can have been lost since.
        const there = Math.max(ledger?.last ?? -1, letters?.last ?? -1) + 1;
        behind += Math.max(0, (bounds?.high ?? 0) - Math.min(committed ?? 0, there));
      }
    }
    last = `${behind} messages behind`;
    return behind === 0 ? true : undefined;
  };
  const unlessAway = (error: unknown): undefined => {
    // While a server is away there is no answer: the wait goes on.
    last = String(error);
    return undefined;
  };
  try {
    await eventually('the sink to have everything', () => isDrained().catch(unlessAway), within_ms);
  } catch (cause) {
    throw new Error(`${String(cause)}; last seen: ${last}`, { cause });
  } finally {
    await admin.disconnect();
  }
}

/** What an audit found, one line each; none when all is clean. */
export function faultsIn({ partitions, copies }: AuditResult): string[] {
  return [
    ...partitions.flatMap(({ topic, partition, findings }) =>
      findings.map(({ kind, first, last, detail }) =>
        `${kind} ${topic}/${partition} ${first}-${last} ${detail}`.trim(),
      ),
    ),
    ...copies.flatMap(({ by_key, findings }) =>
      findings.map(({ kind, partition, offset }) => `${kind} ${by_key} ${partition}/${offset}`),
    ),
  ];
}

/** Messages compared, and how they are accounted for. */
export function sumOf({ partitions }: AuditResult): { messages: number; rows: number; dead_letters: number } {
  const sum = { messages: 0, rows: 0, dead_letters: 0 };
  for (const { messages, rows, dead_letters } of partitions) {
    sum.messages += messages;
    sum.rows += rows;
    sum.dead_letters += dead_letters;
  }
  return sum;
}

function optionsOf({ brokers, prefix, sql, types }: Audited) {
  const log = createLogger('audit', 'silent');
  const kafka: Kafka = createKafka({ brokers: [brokers], clientId: 'audit', log });
  return { kafka, sql, prefix, types: EVENT_TYPES.filter(({ type }) => types.includes(type)) };
}
