import { randomBytes } from 'node:crypto';
import { createLogger } from '../../ingest/program/program.ts';
import { LIVE_TOPICS } from '../../models/contract/live.ts';
import { offlineLoop, takeInAll, type OfflineOptions } from '../../processors/loop/offline.ts';
import { pendingRanges } from '../../processors/loop/offsets.ts';
import { Progress } from '../../processors/loop/progress.ts';
import { settledInLedgers } from '../../processors/loop/settled.ts';
import { CONFLICTS } from '../../processors/processor.ts';
import { rebuildMarts, type Rebuilt } from '../../processors/rebuild.ts';
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
const BEHIND_THE_BOARD: ReadonlySet<string> = new Set(['identities', 'case-moves', 'habit-signals']);

/** The wallboard: what its server reads. The figures: what processors ask on their timers, who tell the board when they are done. */
export const ASKED_BY = ['wallboard', 'figures'] as const;
export type AskedBy = (typeof ASKED_BY)[number];

/** What a statement took. */
export interface Timing {
  readonly asked_by: AskedBy;
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
  /** Seconds of the rebuild by mart, the longest first. */
  readonly by_processor: readonly (readonly [string, number])[];
  readonly statements: readonly Timing[];
  readonly stored: ReadonlyMap<string, Stored>;
}

/** Fills a database of its own, makes every mart anew as `npm run rebuild` does, and asks what the wallboard asks. */
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
  say('simulate');
  const spans = await writeBase(sql, now.getTime());
  const base = await storedIn(sql);
  const base_rows = (base.get('raw_orders')?.rows ?? 0) + (base.get('raw_scans')?.rows ?? 0);
  const scale = scaleOf(rows / base_rows);
  const options = {
    sql,
    settings: readSettings(TIME_ZONE, 'CNY'),
    log: createLogger('bench', 'error'),
    clock: () => now,
  };
  await noConflicts(options);
  await copyBase(sql, spans, scale, (done, of) => {
    say(`copy ${done} of ${of}`);
  });
  await conflictsTakenIn(sql);
  const rebuilt: Rebuilt[] = [];
  for (const processor of PROCESSORS) {
    if (processor.mart === undefined) continue;
    say(`rebuild ${processor.id}`);
    rebuilt.push(...(await rebuildMarts([processor], options)));
  }
  say('figures');
  // What keeps no mart of its own, and the figures.
  await takeInAll(await offlineLoop({ ...options, processors: PROCESSORS }), PROCESSORS);
  const statements = await askAsTheBoardDoes(options, say);
  const stored = await storedIn(sql);
  return {
    rows: (stored.get('raw_orders')?.rows ?? 0) + (stored.get('raw_scans')?.rows ?? 0),
    dealers: scale.dealers,
    days: scale.days,
    rebuild_s: rebuilt.reduce((sum, { took_ms }) => sum + took_ms, 0) / 1000,
    by_processor: rebuilt
      .map(({ processor, took_ms }) => [processor, took_ms / 1000] as const)
      .sort((a, b) => b[1] - a[1]),
    statements,
    stored,
  };
}

/** What a rebuild finds: a list of conflicts that is up to date. A copy of events without conflicts has none. */
async function noConflicts(options: Omit<OfflineOptions, 'processors'>): Promise<void> {
  const conflicts = PROCESSORS.filter(({ id }) => id === CONFLICTS);
  await takeInAll(await offlineLoop({ ...options, processors: conflicts }), conflicts);
  const [listed] = await options.sql.query<{ rows: number }>(
    'SELECT count() AS rows FROM raw_event_conflicts',
  );
  if (listed?.rows !== 0) throw new Error('the simulated channel has conflicts, which its copies would lack');
}

async function conflictsTakenIn(sql: SqlClient): Promise<void> {
  const progress = await Progress.load(sql);
  const heads = await settledInLedgers(sql)();
  const ranges = pendingRanges([...heads.keys()], heads, new Map(), Number.MAX_SAFE_INTEGER);
  await progress.save(CONFLICTS, ranges, progress.nextVersion());
}

/** What the wallboard's server reads, and runs of the figures alone. */
async function askAsTheBoardDoes(
  options: Omit<OfflineOptions, 'processors'>,
  say: (text: string) => void,
): Promise<Timing[]> {
  const { sql } = options;
  // What fills a mart or looks for deeds does so behind the board.
  const figures = PROCESSORS.filter(
    ({ id, trigger, mart }) => trigger.on === 'timer' && mart === undefined && !BEHIND_THE_BOARD.has(id),
  );
  const loop = await offlineLoop({ ...options, processors: figures });
  const since = new Date();
  for (let run = 0; run < RUNS; run += 1) {
    say(`statements, ${run + 1} of ${RUNS}`);
    await takeInAll(loop, figures);
    for (const topic of LIVE_TOPICS) await sql.queryFile(`queries/live/${topic}.sql`);
  }
  await sql.command('SYSTEM FLUSH LOGS');
  return sql.query<Timing>(benchSql('wallboard-queries.sql'), { params: { since } });
}

async function storedIn(sql: SqlClient): Promise<Map<string, Stored>> {
  const rows = await sql.query<Stored & { table: string }>(benchSql('stored.sql'));
  return new Map(rows.map(({ table, ...stored }) => [table, stored]));
}
