import type { FakeClickHouse } from './fake-clickhouse.ts';
import type { FakeKafka, Message } from './fake-kafka.ts';

/** Whether all below `offset` is accounted for, so that Kafka may be told so. */
export function isAccountedBelow(kafka: FakeKafka, clickhouse: FakeClickHouse, offset: number): boolean {
  const stored = new Set(clickhouse.rows.map((row) => row.offset));
  for (let below = kafka.unclaimed; below < offset; below += 1) {
    if (kafka.messages[below] === undefined) continue;
    if (!stored.has(below) && !clickhouse.dead.has(below) && !clickhouse.lost.has(below)) return false;
  }
  return true;
}

/** How many of the log's messages are accounted for, in whichever way. */
export function countAccounted(kafka: FakeKafka, clickhouse: FakeClickHouse): number {
  const stored = new Set(clickhouse.rows.map((row) => row.offset));
  return kafka.messages.filter(
    (message, offset) =>
      message === undefined ||
      offset < kafka.unclaimed ||
      stored.has(offset) ||
      clickhouse.dead.has(offset) ||
      clickhouse.lost.has(offset),
  ).length;
}

/**
 * What is wrong at the end. Each sound message must be one row and in the view's table, each other one a dead letter, in
 * the table and on the topic; what Kafka deleted before it was read must be declared lost, and nothing else may be.
 */
export function faultsOf(kafka: FakeKafka, clickhouse: FakeClickHouse): string[] {
  const stored = new Map<number, number[]>();
  for (const { offset, id } of clickhouse.rows) stored.set(offset, [...(stored.get(offset) ?? []), id]);
  const faults: string[] = [];
  for (let offset = 0; offset < kafka.end; offset += 1) {
    const fault = faultOf(offset, kafka, clickhouse, stored.get(offset) ?? []);
    if (fault !== null) faults.push(`offset ${offset} ${fault}`);
  }
  for (const offset of stored.keys()) {
    if (offset >= kafka.end) faults.push(`offset ${offset} is a row, and Kafka has no such message`);
  }
  return faults;
}

function faultOf(
  offset: number,
  kafka: FakeKafka,
  clickhouse: FakeClickHouse,
  ids: readonly number[],
): string | null {
  const message = kafka.messages[offset];
  const dead = clickhouse.dead.get(offset);
  if (clickhouse.lost.has(offset) && offset >= kafka.start) return 'is declared lost, and Kafka has it';
  if (message === undefined) {
    return ids.length > 0 || dead !== undefined ? 'holds no message and is accounted for' : null;
  }
  if (offset < kafka.unclaimed && ids.length === 0) return null;
  if (clickhouse.lost.has(offset)) {
    // A former owner's dead letter can come after that: then it was not lost, and both say so.
    return ids.length > 0 ? 'is declared lost and is a row' : null;
  }
  if (message.kind === 'sound') return faultOfSound(offset, message, clickhouse, ids);
  if (ids.length > 0) return 'cannot be stored and is a row';
  if (dead !== message.id) return 'is no dead letter';
  return kafka.letters.has(offset) ? null : 'is a dead letter in the table, not on the topic';
}

function faultOfSound(
  offset: number,
  message: Message,
  clickhouse: FakeClickHouse,
  ids: readonly number[],
): string | null {
  if (ids.length !== 1) return `is in ${ids.length} rows`;
  if (ids[0] !== message.id) return 'is another message than the row';
  if (clickhouse.dead.has(offset)) return 'is sound and a dead letter';
  return clickhouse.byKey.has(offset) ? null : 'is missing in reading order';
}

/** What is wrong even where the protocol stopped and paged: what it did until then must not be wrong. */
export function harmOf(kafka: FakeKafka, clickhouse: FakeClickHouse): string[] {
  const seen = new Set<number>();
  const harm: string[] = [];
  for (const { offset } of clickhouse.damaged ? [] : clickhouse.rows) {
    if (seen.has(offset)) harm.push(`offset ${offset} is in several rows`);
    seen.add(offset);
  }
  for (const [offset, message] of kafka.messages.entries()) {
    if (message?.kind !== 'sound' || clickhouse.dead.get(offset) !== message.id) continue;
    harm.push(`offset ${offset} is sound and a dead letter`);
  }
  return harm;
}
