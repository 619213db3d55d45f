import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningLab } from '../../stack/lab/lab.ts';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { runFeed } from './run-feed.ts';
import { WARM_UP_S } from './measure.ts';
import { marksIn, type Mark } from './visible.ts';

/** How often the table is asked how far it is: small against the seconds of the engine's flush. */
const POLL_MS = 100;
/** Longer than the engine's default flush (stream_flush_interval_ms = 7,500). */
const GRACE_MS = 15_000;
const TABLES = { order: 'raw_orders', scan: 'raw_scans' } as const;

/**
 * The peer: the same events at the same address, taken from Kafka by ClickHouse's own Kafka engine with its default
 * settings, into tables of the same schema. Latencies from the scheduled time to a query that finds the event.
 */
export async function measureEngine(
  lab: RunningLab,
  rate: number,
  seconds: number,
): Promise<(number | null)[]> {
  const pipeline = await Pipeline.start(lab.stack, ['edge', 'server'], 'bench_latency_engine');
  try {
    await createQueues(pipeline, lab.stack.kafka_brokers);
    const heads = new Heads(pipeline);
    const watching = heads.watch();
    const order = { url: pipeline.url, token: pipeline.admin_token, rate, seconds: seconds + WARM_UP_S };
    const feed = await runFeed(order, () => undefined);
    await delay(GRACE_MS);
    heads.stop();
    await watching;
    const marks: readonly [string, readonly Mark[]][] = [
      ['raw_orders', await marksIn(pipeline.sql, 'raw_orders', 'mark-')],
      ['raw_scans', await marksIn(pipeline.sql, 'raw_scans', 'scan-mark-')],
    ];
    const warm_ms = (feed.scheduled_ms[0] ?? 0) + WARM_UP_S * 1000;
    return marks.flatMap(([table, found]) =>
      found.flatMap((mark) => {
        const scheduled_ms = feed.scheduled_ms[mark.tick] ?? 0;
        if (scheduled_ms < warm_ms) return [];
        const at_ms = heads.seenAt(table, mark);
        return [at_ms === null ? null : at_ms - scheduled_ms];
      }),
    );
  } finally {
    await dropQueues(pipeline);
    await pipeline.stop();
  }
}

async function createQueues(pipeline: Pipeline, brokers: string): Promise<void> {
  const template = readFileSync(join(import.meta.dirname, 'kafka-engine.sql'), 'utf8');
  for (const [type, table] of Object.entries(TABLES)) {
    const columns = await pipeline.sql.query<{ definition: string }>(
      `SELECT name || ' ' || type AS definition FROM system.columns
       WHERE database = currentDatabase() AND table = {table: String} AND NOT startsWith(name, '_') ORDER BY position`,
      { params: { table } },
    );
    const text = template
      .replaceAll('{{queue}}', `bench_queue_${type}`)
      .replaceAll('{{table}}', table)
      .replaceAll('{{brokers}}', brokers)
      .replaceAll('{{topic}}', `${pipeline.env['DMS_TOPIC_PREFIX'] ?? ''}dms.${type}s.v1`)
      .replaceAll('{{columns}}', columns.map(({ definition }) => definition).join(', '));
    for (const statement of text.split(/;\s*$/m).filter((part) => part.trim() !== '')) {
      await pipeline.sql.command(statement);
    }
  }
}

async function dropQueues(pipeline: Pipeline): Promise<void> {
  for (const type of Object.keys(TABLES)) {
    await pipeline.sql.command(`DROP TABLE IF EXISTS bench_queue_${type}_to_raw SYNC`);
    await pipeline.sql.command(`DROP TABLE IF EXISTS bench_queue_${type} SYNC`);
  }
}

/** How far each partition of each table was seen to be, and when. */
class Heads {
  readonly #pipeline: Pipeline;
  readonly #seen = new Map<string, { readonly offset: number; readonly at_ms: number }[]>();
  #stopped = false;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
  }

  stop(): void {
    this.#stopped = true;
  }

  async watch(): Promise<void> {
    while (!this.#stopped) {
      for (const table of Object.values(TABLES)) {
        const heads = await this.#pipeline.sql.query<{ partition: number; head: number }>(
          `SELECT _partition AS partition, max(_offset) AS head FROM ${table} GROUP BY _partition`,
        );
        const at_ms = Date.now();
        for (const { partition, head } of heads) {
          const key = `${table}/${partition}`;
          this.#seen.set(key, [...(this.#seen.get(key) ?? []), { offset: head, at_ms }]);
        }
      }
      await delay(POLL_MS);
    }
  }

  seenAt(table: string, mark: Mark): number | null {
    const seen = this.#seen.get(`${table}/${mark.partition}`) ?? [];
    return seen.find(({ offset }) => offset >= mark.offset)?.at_ms ?? null;
  }
}
