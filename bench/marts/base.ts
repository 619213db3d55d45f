import { kafkaKey } from '../../models/contract/event-type.ts';
import { eventTypeByName } from '../../models/contract/registry.ts';
import type { SimulatedEvent } from '../../simulator/flow/event-stream.ts';
import { Simulation } from '../../simulator/flow/simulation.ts';
import { DEFAULTS } from '../../simulator/options.ts';
import { DAY_MS, midnight } from '../../simulator/time.ts';
import type { SqlClient } from '../../sql/client.ts';
import { readPrefectures } from '../../sql/geo/load.ts';

/** The simulated channel that is copied: some 900,000 orders and scans. */
export const BASE = { dealers: 300, days: 120 } as const;
const PARTITIONS = 4;
/** Rows of one insert. */
const BATCH_ROWS = 50_000;
/** What holds from the first day on holds for the copies of earlier days too, years: more than any run goes back. */
const REFERENCES_YEARS = 15;

/** How far the offsets of a type reach: copies begin beyond. */
export type Spans = ReadonlyMap<string, number>;

/** Simulates the channel up to `now_ms` into the ledgers, as the sink writes them. Returns the span of offsets by table. */
export async function writeBase(sql: SqlClient, now_ms: number): Promise<Spans> {
  const start_ms = midnight(now_ms) - BASE.days * DAY_MS;
  const options = { ...DEFAULTS, seed: 'marts', dealers: BASE.dealers, days: BASE.days, start_ms };
  const ledger = new Ledger(sql);
  for (const event of new Simulation(options, readPrefectures(undefined)).until(now_ms)) {
    await ledger.add(event, start_ms);
  }
  await ledger.flush();
  return ledger.spans();
}

/** Deliveries with places in Kafka's order. */
class Ledger {
  readonly #sql: SqlClient;
  readonly #next = new Map<string, number[]>();
  readonly #lines = new Map<string, string[]>();

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  async add({ type, time_ms, event }: SimulatedEvent, start_ms: number): Promise<void> {
    const definition = eventTypeByName(type);
    if (definition === undefined) throw new Error(`${type} is not in the contract`);
    const _partition = partitionOf(kafkaKey(definition, event));
    const next = this.#next.get(definition.raw_table) ?? new Array<number>(PARTITIONS).fill(0);
    this.#next.set(definition.raw_table, next);
    const _offset = next[_partition] ?? 0;
    next[_partition] = _offset + 1;
    const place = {
      _topic: definition.topic,
      _partition,
      _offset,
      _ingested_at: new Date(time_ms).toISOString(),
    };
    const lines = this.#lines.get(definition.raw_table) ?? [];
    this.#lines.set(definition.raw_table, lines);
    lines.push(JSON.stringify({ ...event, ...heldLonger(event, start_ms), ...place }));
    if (lines.length >= BATCH_ROWS) await this.#write(definition.raw_table);
  }

  async flush(): Promise<void> {
    for (const table of this.#lines.keys()) await this.#write(table);
  }

  spans(): Spans {
    return new Map([...this.#next].map(([table, next]) => [table, Math.max(...next)]));
  }

  async #write(table: string): Promise<void> {
    const lines = this.#lines.get(table) ?? [];
    if (lines.length === 0) return;
    this.#lines.set(table, []);
    await this.#sql.insertLines({ table, lines: Buffer.from(`${lines.join('\n')}\n`) });
  }
}

/** A version that holds since the first day holds since long before. */
function heldLonger(event: Readonly<Record<string, unknown>>, start_ms: number): object {
  const { valid_from } = event;
  if (typeof valid_from !== 'string' || Date.parse(valid_from) > start_ms) return {};
  return { valid_from: new Date(start_ms - REFERENCES_YEARS * 366 * DAY_MS).toISOString() };
}

function partitionOf(key: string): number {
  return Buffer.from(key).reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7) % PARTITIONS;
}
