import { inject } from 'vitest';
import { createLogger } from '../../ingest/program/program.ts';
import { eventTypeByName, type EventTypeName } from '../../models/contract/registry.ts';
import { kafkaKey } from '../../models/contract/event-type.ts';
import type { LiveRow, LiveTopic } from '../../models/contract/live.ts';
import type { ResultMessage } from '../../models/contract/results.ts';
import type { ProcessorLoop } from '../../processors/loop/loop.ts';
import { offlineLoop, takeInAll } from '../../processors/loop/offline.ts';
import type { RunnableProcessor } from '../../processors/processor.ts';
import { rebuildMarts, type Rebuilt } from '../../processors/rebuild.ts';
import { PROCESSORS } from '../../processors/registry.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import { SqlClient } from '../../sql/client.ts';
import { migrate } from '../../sql/migrate.ts';
import { emptyDatabase, lendDatabase, returnDatabase } from '../../stack/lab/databases.ts';
import { channelOf } from './processors-channel.ts';

export const TIME_ZONE = 'Asia/Shanghai';
const settings = readSettings(TIME_ZONE, 'CNY');
const log = createLogger('test', process.env['LOG_LEVEL'] ?? 'silent');
const PARTITIONS = 4;

/** What cases about codes are made by. */
export const JUDGING_CODES = ['conflicts', 'code-journeys', 'diversion-signals', 'diversion-cases'] as const;

/**
 * What keeps the marts and the cases, and the named ones of the rest, the board's figures and the checks. Those cost more than all
 * that a test about cases looks at.
 */
export function casesAnd(...named: readonly string[]): RunnableProcessor[] {
  const wanted = ['habit-signals', 'diversion-cases', ...named];
  return PROCESSORS.filter(({ id, trigger }) => trigger.on === 'data' || wanted.includes(id));
}

/** Ledgers of its own that a test writes as the sink does, and the processors over them. */
export class ProcessorsRun {
  readonly sql: SqlClient;
  /** What a server that has followed the results holds: topic → key → row. */
  readonly board = new Map<LiveTopic, Map<string, unknown>>();
  readonly messages: ResultMessage[] = [];
  readonly #next = new Map<string, number>();
  #now: Date;
  #ingested_ms: number;
  #loop: ProcessorLoop | null = null;
  #processors: readonly RunnableProcessor[] = PROCESSORS;

  private constructor(sql: SqlClient, now: Date) {
    this.sql = sql;
    this.#now = now;
    this.#ingested_ms = now.getTime() - 3_600_000;
  }

  /** @param named a database that is not there yet. Default: one that is lent */
  static async create(now: Date, named?: string): Promise<ProcessorsRun> {
    const stack = inject('stack');
    const database = named ?? (await lendDatabase(stack)).name;
    const config = { url: stack.clickhouse_url, ...stack.admin, database, request_timeout_ms: 120_000 };
    if (named !== undefined)
      await migrate({ config, cluster: null, time_zone: TIME_ZONE, reporting_currency: 'CNY' });
    return new ProcessorsRun(new SqlClient(config), now);
  }

  /**
   * A run of its own database over the dealers, products, territories and prices of the small channel, with some processors alone.
   * @param ids of the processors
   */
  static async overChannel(name: string, now: Date, ids: readonly string[]): Promise<ProcessorsRun> {
    const run = await ProcessorsRun.create(now);
    for (const { type, event } of channelOf(name, now).references) await run.deliver(type, [event]);
    await run.restart(PROCESSORS.filter(({ id }) => ids.includes(id)));
    return run;
  }

  /** Writes deliveries into the ledger as one batch of the sink a partition. */
  async deliver(type: EventTypeName, events: readonly object[]): Promise<void> {
    const definition = eventTypeByName(type);
    if (definition === undefined) throw new Error(type);
    this.#ingested_ms += 1_000;
    const _ingested_at = new Date(this.#ingested_ms).toISOString();
    const by_partition = new Map<number, string[]>();
    for (const event of events) {
      const key = kafkaKey(definition, event as Record<string, unknown>);
      const _partition =
        Buffer.from(key).reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7) % PARTITIONS;
      const slot = `${type}:${_partition}`;
      const _offset = this.#next.get(slot) ?? 0;
      this.#next.set(slot, _offset + 1);
      const lines = by_partition.get(_partition) ?? [];
      by_partition.set(_partition, lines);
      lines.push(JSON.stringify({ ...event, _topic: definition.topic, _partition, _offset, _ingested_at }));
    }
    for (const lines of by_partition.values()) {
      await this.sql.insertLines({
        table: definition.raw_table,
        lines: Buffer.from(`${lines.join('\n')}\n`),
      });
    }
  }

  /**
   * Starts the processors as after a restart: progress and published rows come from ClickHouse.
   * @param processors which run from here on. Default: those that did, at first every one
   */
  async restart(processors: readonly RunnableProcessor[] = this.#processors): Promise<ProcessorLoop> {
    this.#processors = processors;
    this.#loop = await offlineLoop({
      processors,
      sql: this.sql,
      settings,
      log,
      send: (messages) => {
        messages.forEach((message) => {
          this.#apply(message);
        });
        return Promise.resolve();
      },
      clock: () => this.#now,
    });
    return this.#loop;
  }

  /** Moves the clock of the processors on. */
  moveTo(now: Date): void {
    this.#now = now;
  }

  /** Takes in all that was delivered; throws when a processor failed. */
  async catchUp(): Promise<void> {
    await takeInAll(this.#loop ?? (await this.restart()), this.#processors);
  }

  /** Delivers, and takes in. */
  async take(type: EventTypeName, events: readonly object[]): Promise<void> {
    await this.deliver(type, events);
    await this.catchUp();
  }

  /** As it was created, but sooner than a new one: no event, no mart, no progress. */
  async empty(): Promise<void> {
    await emptyDatabase(this.sql);
    this.#next.clear();
    this.#loop = null;
    this.board.clear();
    this.messages.length = 0;
  }

  /** @param id of the processor whose mart alone is made anew. Default: every one's */
  async rebuild(id?: string): Promise<Rebuilt[]> {
    this.#loop = null;
    const processors = id === undefined ? PROCESSORS : PROCESSORS.filter((one) => one.id === id);
    return rebuildMarts(processors, { sql: this.sql, settings, log });
  }

  /** The rows of a live topic as a follower has them. */
  rows<Row>(topic: LiveTopic): ReadonlyMap<string, Row> {
    return (this.board.get(topic) ?? new Map()) as ReadonlyMap<string, Row>;
  }

  /** The cases that a follower has. */
  alerts(): LiveRow<'alerts'>[] {
    return [...this.rows<LiveRow<'alerts'>>('alerts').values()];
  }

  async drop(): Promise<void> {
    await this.sql.close();
    await returnDatabase(inject('stack'), this.sql.database ?? '');
  }

  #apply(message: ResultMessage): void {
    this.messages.push(message);
    const rows = this.board.get(message.topic) ?? new Map<string, unknown>();
    this.board.set(message.topic, rows);
    for (const op of message.ops) {
      if (op.op === 'put') rows.set(op.key, op.row);
      else rows.delete(op.key);
    }
  }
}
