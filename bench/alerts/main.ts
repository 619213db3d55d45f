import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { runCommand } from '../../ingest/program/command.ts';
import { wholeNumber } from '../../ingest/program/whole-number.ts';
import { startLab } from '../../stack/lab/lab.ts';
import { eventually, Pipeline } from '../../stack/lab/pipeline.ts';
import { growthOf, quantilesOf } from '../latency/quantiles.ts';
import { report, type Target } from '../report.ts';
import type { FeedMessage, FeedOrder, FeedResult } from './feed.ts';
import { AlertWatch } from './watch.ts';

/**
 * `npm run bench:alerts [-- --rate 2000 --seconds 60]`: from the answer that a scan is accepted to the frame at a client with the case
 * that it makes. A simulated channel of 200 dealers with 30 days of history goes on at a fixed rate of scans; between them deeds
 * that need no waiting for the watermark: units sold far from the dealer they were shipped to, each lot a case of its own.
 */
const TARGETS: Readonly<Record<string, Target>> = { alert_p99_ms: { max: 1_000 } };
/** Not counted: caches fill, connections open. */
const WARM_UP_S = 15;
const DEEDS_PER_S = 2;
/** So long the last case is waited for. */
const GRACE_MS = 30_000;
/** So long the history may take to be taken in. */
const HISTORY_MS = 600_000;
const DATABASE = 'bench_alerts';

const options = new Command('bench:alerts')
  .description('From an accepted scan to its alert at a client.')
  .option('--rate <n>', 'scans a second', wholeNumber(1), 2_000)
  .option('--seconds <n>', 'how long it is held, after the warm-up', wholeNumber(1), 60)
  .parse()
  .opts<{ rate: number; seconds: number }>();

await runCommand(async () => {
  const lab = await startLab();
  try {
    const pipeline = await Pipeline.start(lab.stack, undefined, DATABASE);
    try {
      await measure(pipeline);
    } finally {
      await pipeline.stop();
    }
  } finally {
    await lab.end();
  }
});

async function measure(pipeline: Pipeline): Promise<void> {
  const order: FeedOrder = {
    url: pipeline.url,
    token: pipeline.admin_token,
    rate: options.rate,
    seconds: options.seconds + WARM_UP_S,
    deeds_per_s: DEEDS_PER_S,
  };
  const watch = await AlertWatch.open(pipeline.url, pipeline.admin_token);
  const feed = fork(join(import.meta.dirname, 'feed.ts'));
  try {
    feed.send(order);
    const loaded = await messageOf(feed, 'loaded');
    await eventually('the history', () => Promise.resolve(watch.told_ms.get(loaded)), HISTORY_MS);
    const since = new Date();
    feed.send('go');
    const result = await messageOf(feed, 'result');
    const latencies = await latenciesOf(result, watch);
    await tellStatements(pipeline, since);
    tell(latencies, result);
  } finally {
    feed.kill();
    await watch.close();
  }
}

async function messageOf<K extends 'loaded' | 'result'>(
  feed: ReturnType<typeof fork>,
  key: K,
): Promise<Extract<FeedMessage, Record<K, unknown>>[K]> {
  const [message] = (await Promise.race([
    once(feed, 'message'),
    once(feed, 'exit').then(([code]) => {
      throw new Error(`the feed ended with ${String(code)}`);
    }),
  ])) as [FeedMessage];
  if (!(key in message)) throw new Error(`the feed said ${JSON.stringify(message)}`);
  return (message as Extract<FeedMessage, Record<K, unknown>>)[key];
}

/** In the order sent, ms; null = no frame told it in time. */
async function latenciesOf({ accepted_ms }: FeedResult, watch: AlertWatch): Promise<(number | null)[]> {
  const until = Date.now() + GRACE_MS;
  while (accepted_ms.some(([lot]) => !watch.told_ms.has(lot)) && Date.now() < until) await delay(100);
  return accepted_ms.slice(WARM_UP_S * DEEDS_PER_S).map(([lot, at_ms]) => {
    const told_ms = watch.told_ms.get(lot);
    return told_ms === undefined ? null : told_ms - at_ms;
  });
}

interface Statement {
  readonly what: string;
  readonly runs: number;
  readonly p50_ms: number;
  readonly max_ms: number;
  readonly total_s: number;
  readonly cpu_s: number;
  readonly read_rows: number;
}

/** Where the time went. */
async function tellStatements({ sql }: Pipeline, since: Date): Promise<void> {
  await sql.command('SYSTEM FLUSH LOGS query_log');
  const text = readFileSync(join(import.meta.dirname, 'statements.sql'), 'utf8');
  for (const { what, runs, p50_ms, max_ms, total_s, cpu_s, read_rows } of await sql.query<Statement>(text, {
    params: { since },
  }))
    console.log(
      `${what.padEnd(36)} ${String(runs).padStart(5)} runs, p50 ${p50_ms} ms, max ${max_ms} ms, ` +
        `in all ${total_s.toFixed(1)} s, CPU ${cpu_s.toFixed(1)} s, ${read_rows.toLocaleString('en')} rows read at most`,
    );
}

function tell(latencies: readonly (number | null)[], { late_ms_max, refused_requests }: FeedResult): void {
  const { p50, p90, p99 } = quantilesOf(latencies);
  const growth = growthOf(latencies);
  const ms = (value: number | null): string => (value === null ? 'never' : `${value.toFixed(0)} ms`);
  console.log(
    `${options.rate} scans/s: p50 ${ms(p50)}, p90 ${ms(p90)}, p99 ${ms(p99)} of ${latencies.length} cases` +
      (growth === null ? '' : `; last third to first ${growth.toFixed(2)}`) +
      `; the feed was at most ${late_ms_max} ms behind its schedule, ${refused_requests} requests refused`,
  );
  report(
    'alerts',
    {
      alert_p50_ms: p50,
      alert_p90_ms: p90,
      alert_p99_ms: p99,
      lag_last_third_to_first: growth,
      refused_requests,
    },
    TARGETS,
  );
}
