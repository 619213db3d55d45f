import { partitionOf } from '../ingest/key-partitioner.ts';
import { kafkaKey } from '../models/contract/event-type.ts';
import { EVENT_PARTITIONS } from '../models/contract/topics.ts';
import { eventTypeByName, type EventTypeName } from '../models/contract/registry.ts';
import type { SqlClient } from '../sql/client.ts';

/** An event and when it arrives. */
export interface Arrival {
  readonly type: EventTypeName;
  readonly time_ms: number;
  readonly event: Readonly<Record<string, unknown>>;
}

/** Rows of one insert: as many as a busy sink writes at once. */
const BATCH_ROWS = 50_000;

/** One partition of a ledger's topic: where it has got to, and what is not written yet. */
interface Lane {
  readonly table: string;
  next: number;
  lines: string[];
}

/** Writes events into the ledgers as the sink does: to the places that Kafka would give them, a block for one partition. */
export class Ledger {
  readonly #sql: SqlClient;
  readonly #lanes = new Map<string, Lane>();

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  /** Writes when enough has come; the rest stays until `flush`. */
  async add({ type, time_ms, event }: Arrival): Promise<void> {
    const definition = eventTypeByName(type);
    if (definition === undefined) throw new Error(`${type} is not in the contract`);
    const { raw_table: table, topic: _topic } = definition;
    const _partition = partitionOf(kafkaKey(definition, event), EVENT_PARTITIONS);
    const name = `${table}:${_partition}`;
    const lane = this.#lanes.get(name) ?? { table, next: 0, lines: [] };
    this.#lanes.set(name, lane);
    const _ingested_at = new Date(time_ms).toISOString();
    lane.lines.push(JSON.stringify({ ...event, _topic, _partition, _offset: lane.next, _ingested_at }));
    lane.next += 1;
    if (lane.lines.length >= BATCH_ROWS) await this.#write(lane);
  }

  async flush(): Promise<void> {
    for (const lane of this.#lanes.values()) await this.#write(lane);
  }

  /** By table: first offset that no partition of it has reached. */
  spans(): ReadonlyMap<string, number> {
    const spans = new Map<string, number>();
    for (const { table, next } of this.#lanes.values())
      spans.set(table, Math.max(next, spans.get(table) ?? 0));
    return spans;
  }

  async #write(lane: Lane): Promise<void> {
    const { table, lines } = lane;
    if (lines.length === 0) return;
    lane.lines = [];
    await this.#sql.insertLines({ table, lines: Buffer.from(`${lines.join('\n')}\n`) });
  }
}
