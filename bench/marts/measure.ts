import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { createLogger } from '../../ingest/program/program.ts';
import { LIVE_TOPICS } from '../../models/contract/live.ts';
import { ProcessorLoop } from '../../processors/loop/loop.ts';
import { createLoopMetrics } from '../../processors/loop/metrics.ts';
import { Progress } from '../../processors/loop/progress.ts';
import { Publisher } from '../../processors/loop/publisher.ts';
import { settledInLedgers } from '../../processors/loop/settled.ts';
import type { RunnableProcessor } from '../../processors/processor.ts';
import { PROCESSORS } from '../../processors/registry.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import { SqlClient } from '../../sql/client.ts';
import { migrate } from '../../sql/migrate.ts';
import type { LabStack } from '../../stack/lab/lab.ts';
import { writeBase } from './base.ts';
import { benchSql, copyBase, scaleOf } from './scale.ts';

const TIME_ZONE = 'Asia/Shanghai';
/** Runs of each figure and of each seed of the board: the 95th percentile needs as many. */
const RUNS = 20;
const REQUEST_TIMEOUT_MS = 3_600_000;

/** What a statement of the wallboard took. */
export interface Timing {
  readonly what: string;
  readonly runs: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly read_rows: number;
}

interface Stored {
  readonly rows: number;
  readonly bytes: number;
  readonly parts: number;
}

/** One size of the warehouse. */
export interface Measured {
  /** Orders and scans. */
  readonly rows: number;
  readonly dealers: number;
  readonly days: number;
  readonly rebuild_s: number;
  /** Seconds of the rebuild by processor, the longest first. */
  readonly by_processor: readonly (readonly [string, number])[];
  readonly statements: readonly Timing[];
  readonly stored: ReadonlyMap<string, Stored>;
}

/** Fills a database of its own, makes every mart and figure from nothing, and asks what the wallboard asks. */
export async function measure(stack: LabStack, rows: number, say: (text: string) => void): Promise<Measured> {
  const database = `bench_marts_${randomBytes(3).toString('hex')}`;
  const config = {
    url: stack.clickhouse_url,
    ...stack.admin,
    database,
    request_timeout_ms: REQUEST_TIMEOUT_MS,
  };
  await migrate({ config, cluster: null, time_zone: TIME_ZONE, reporting_currency: 'CNY' });
  const sql = new SqlClient(config);
  try {
    return await measureIn(sql, rows, say);
  } finally {
    await sql.command(`DROP DATABASE IF EXISTS ${database}`);
    await sql.close();
  }
}

async function measureIn(sql: SqlClient, rows: number, say: (text: string) => void): Promise<Measured> {
  const now = new Date();
  const spans = await writeBase(sql, now.getTime());
  const base = await storedIn(sql);
  const base_rows = (base.get('raw_orders')?.rows ?? 0) + (base.get('raw_scans')?.rows ?? 0);
  const scale = scaleOf(rows / base_rows);
  await copyBase(sql, spans, scale, (done, of) => {
    say(`copy ${done} of ${of}`);
  });
  const registry = new Registry();
  const loop = await loopOver(sql, PROCESSORS, now, registry);
  const began = performance.now();
  await loop.catchUp();
  failIfFailed(loop, PROCESSORS);
  const rebuild_s = (performance.now() - began) / 1000;
  const by_processor = await secondsBy(registry);
  const statements = await askAsTheBoardDoes(sql, now);
  const stored = await storedIn(sql);
  return {
    rows: (stored.get('raw_orders')?.rows ?? 0) + (stored.get('raw_scans')?.rows ?? 0),
    dealers: scale.dealers,
    days: scale.days,
    rebuild_s,
    by_processor,
    statements,
    stored,
  };
}

/** Runs of the figures alone, and what a server that starts reads. */
async function askAsTheBoardDoes(sql: SqlClient, now: Date): Promise<Timing[]> {
  const figures = PROCESSORS.filter(({ trigger }) => trigger.on === 'timer');
  const loop = await loopOver(sql, figures, now, new Registry());
  const since = new Date();
  for (let run = 0; run < RUNS; run += 1) {
    await loop.pass('all');
    for (const topic of LIVE_TOPICS) await sql.queryFile(`queries/live/${topic}.sql`);
  }
  failIfFailed(loop, figures);
  await sql.command('SYSTEM FLUSH LOGS');
  return sql.query<Timing>(benchSql('wallboard-queries.sql'), { params: { since } });
}

async function loopOver(
  sql: SqlClient,
  processors: readonly RunnableProcessor[],
  now: Date,
  registry: Registry,
): Promise<ProcessorLoop> {
  return new ProcessorLoop({
    processors,
    sql,
    settings: readSettings(TIME_ZONE, 'CNY'),
    settled: settledInLedgers(sql),
    progress: await Progress.load(sql),
    publisher: await Publisher.load(sql, () => Promise.resolve()),
    metrics: createLoopMetrics(registry),
    log: createLogger('bench', 'error'),
    clock: () => now,
  });
}

function failIfFailed(loop: ProcessorLoop, processors: readonly RunnableProcessor[]): void {
  for (const { id } of processors) {
    const failure = loop.failureOf(id);
    if (failure !== null) throw new Error(`${id}: ${failure}`);
  }
}

async function secondsBy(registry: Registry): Promise<[string, number][]> {
  const metrics = await registry.getMetricsAsJSON();
  const runs = metrics.find(({ name }) => name.endsWith('run_seconds'));
  if (runs === undefined) throw new Error('the loop tells no run_seconds');
  const sums = runs.values.filter(
    (value) => 'metricName' in value && String(value.metricName).endsWith('_sum'),
  );
  return sums
    .map(({ labels, value }): [string, number] => [String(labels['processor']), value])
    .sort((a, b) => b[1] - a[1]);
}

async function storedIn(sql: SqlClient): Promise<Map<string, Stored>> {
  const rows = await sql.query<Stored & { table: string }>(benchSql('stored.sql'));
  return new Map(rows.map(({ table, ...stored }) => [table, stored]));
}
