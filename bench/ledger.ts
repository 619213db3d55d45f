import { kafkaKey } from '../models/contract/event-type.ts';
import { eventTypeByName, type EventTypeName } from '../models/contract/registry.ts';
import type { SqlClient } from '../sql/client.ts';

/** An event and when it arrives. */
export interface Arrival {
  readonly type: EventTypeName;
  readonly time_ms: number;
  readonly event: Readonly<Record<string, unknown>>;
}

const PARTITIONS = 4;
/** Rows of one insert: as many as a busy sink writes at once. */
const BATCH_ROWS = 50_000;

/** Writes events into the ledgers as the sink does, with the places that Kafka would give them. */
export class Ledger {
  readonly #sql: SqlClient;
  readonly #next = new Map<string, number[]>();
  readonly #lines = new Map<string, string[]>();

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  /** Writes when enough has come; the rest stays until `flush`. */
  async add({ type, time_ms, event }: Arrival): Promise<void> {
    const definition = eventTypeByName(type);
    if (definition === undefined) throw new Error(`${type} is not in the contract`);
    const table = definition.raw_table;
    const _partition = partitionOf(kafkaKey(definition, event));
    const next = this.#next.get(table) ?? new Array<number>(PARTITIONS).fill(0);
    this.#next.set(table, next);
    const _offset = next[_partition] ?? 0;
    next[_partition] = _offset + 1;
    const _ingested_at = new Date(time_ms).toISOString();
    const lines = this.#lines.get(table) ?? [];
    this.#lines.set(table, lines);
    lines.push(JSON.stringify({ ...event, _topic: definition.topic, _partition, _offset, _ingested_at }));
    if (lines.length >= BATCH_ROWS) await this.#write(table);
  }

  async flush(): Promise<void> {
    for (const table of this.#lines.keys()) await this.#write(table);
  }

  /** By table: first offset that no partition of it has reached. */
  spans(): ReadonlyMap<string, number> {
    return new Map([...this.#next].map(([table, next]) => [table, Math.max(...next)]));
  }

  async #write(table: string): Promise<void> {
    const lines = this.#lines.get(table) ?? [];
    if (lines.length === 0) return;
    this.#lines.set(table, []);
    await this.#sql.insertLines({ table, lines: Buffer.from(`${lines.join('\n')}\n`) });
  }
}

function partitionOf(key: string): number {
  return Buffer.from(key).reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7) % PARTITIONS;
}
