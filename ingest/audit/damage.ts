import type { SqlClient } from '../../sql/client.ts';
import type { Kafka } from '../kafka.ts';
import type { Position } from './positions.ts';
import type { OffsetRange } from './ranges.ts';
import type { LogRange } from './read-log.ts';
import type { Repair } from './report.ts';

export interface RepairOptions {
  readonly kafka: Kafka;
  readonly sql: SqlClient;
  readonly prefix: string;
  /** A consumer group that is nobody else's. */
  readonly group: string;
}

/** One range to be mended, and where its partition stood. */
export interface Damage extends LogRange {
  readonly position: Position;
}

/** The word about a range that is left as it is. */
export function left(damage: Damage, what: Repair['what'], detail: string): Repair {
  const { position, partition, first, last } = damage;
  return { topic: position.topic, partition, first, last, what, done: false, detail };
}

/** The word about a range that was mended. */
export function mended(damage: Damage, what: Repair['what'], range: OffsetRange, detail: string): Repair {
  const { position, partition } = damage;
  return {
    topic: position.topic,
    partition,
    first: range.first,
    last: range.last,
    what,
    done: true,
    detail,
  };
}
