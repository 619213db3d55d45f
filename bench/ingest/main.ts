import { readFileSync } from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { createKafka, topicName, type Kafka } from '../../ingest/kafka.ts';
import { runCommand } from '../../ingest/program/command.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { wholeNumber } from '../../ingest/program/whole-number.ts';
import { SqlClient } from '../../sql/client.ts';
import { ALLOCATOR_ENV } from '../../stack/allocator.ts';
import { startLab, type RunningLab } from '../../stack/lab/lab.ts';
import { runToEnd } from '../../stack/lab/pipeline.ts';
import { peakRss_mib } from '../process-usage.ts';
import { report } from '../report.ts';
import { fillTopic } from './fill-topic.ts';
import { watchDrain, type Drained } from './drain.ts';

/**
 * `npm run bench:ingest`: drains one topic of scan events by (a) ClickHouse's own Kafka engine with 1, 2 and 4 consumers,
 * (b) the sink, exactly once, (c) the sink with a ledger that keeps nothing, each into tables of its own of the same schema, one after another on the
 * same broker and server.
 */
const PREFIX = 'bench.';
const ENGINE_CONSUMERS = [1, 2, 4] as const;
/** The default, 65,505, and a larger one, which drains faster at a backlog. */
const ENGINE_BLOCK_ROWS = 262_144;

const options = new Command('bench:ingest')
  .description('Stored rows a second of the sink, beside ClickHouse’s own Kafka engine.')
  .option('--events <n>', 'how many scan events', wholeNumber(1), 5_000_000)
  .option('--only <names>', 'only these drains, by comma: engine-1, engine-2, engine-4, sink, ceiling')
  .parse()
  .opts<{ events: number; only?: string }>();
const wanted = (name: string): boolean => options.only?.split(',').includes(name) ?? true;

await runCommand(async () => {
  const lab = await startLab();
  try {
    await bench(lab);
  } finally {
    await lab.end();
  }
});

interface Result extends Drained {
  readonly name: string;
  readonly peak_rss_mib: number | null;
  readonly bytes_per_row: { readonly ledger: number; readonly by_key: number } | null;
}

async function bench(lab: RunningLab): Promise<void> {
  const kafka = createKafka({
    brokers: [lab.stack.kafka_brokers],
    clientId: 'bench',
    log: createLogger('bench', 'silent'),
  });
  console.log(`filling the topic with ${options.events.toLocaleString('en')} scan events …`);
  const began_ms = performance.now();
  const bytes = await fillTopic(kafka, PREFIX, options.events, () => undefined);
  console.log(
    `filled in ${((performance.now() - began_ms) / 1000).toFixed(1)} s, ${(bytes / options.events).toFixed(0)} bytes an event`,
  );

  const results: Result[] = [];
  for (const consumers of ENGINE_CONSUMERS) {
    if (wanted(`engine-${consumers}`)) results.push(await drainByEngine(lab, consumers));
  }
  if (wanted('sink')) results.push(await drainBySink(lab, kafka, 'sink', 'ingest/sink/main.ts'));
  if (wanted('ceiling')) results.push(await drainBySink(lab, kafka, 'ceiling', 'bench/ingest/noop-sink.ts'));
  tell(results);
}

/** Applies the schema to a database of its own, gives it to `work`, and removes it. */
async function inDatabase<T>(
  lab: RunningLab,
  name: string,
  work: (sql: SqlClient, env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const database = `bench_${name.replaceAll('-', '_')}`;
  const { clickhouse_url: url, kafka_brokers, admin } = lab.stack;
  const env = {
    ...ALLOCATOR_ENV,
    KAFKA_BROKERS: kafka_brokers,
    CLICKHOUSE_URL: url,
    CLICKHOUSE_USER: admin.user,
    CLICKHOUSE_PASSWORD: admin.password,
    CLICKHOUSE_DATABASE: database,
    DMS_TOPIC_PREFIX: PREFIX,
  };
  await runToEnd('ingest/program/migrate-cli.ts', [], env);
  const sql = new SqlClient({ url, ...admin, database });
  try {
    return await work(sql, env);
  } finally {
    await sql.command(`DROP DATABASE ${database} SYNC`);
    await sql.close();
  }
}

function drainByEngine(lab: RunningLab, consumers: number): Promise<Result> {
  const name = `engine-${consumers}`;
  return inDatabase(lab, name, async (sql) => {
    const columns = await sql.query<{ definition: string }>(
      `SELECT name || ' ' || type AS definition FROM system.columns
       WHERE database = currentDatabase() AND table = 'raw_scans' AND NOT startsWith(name, '_') ORDER BY position`,
    );
    const statements = readFileSync(fileURLToPath(new URL('kafka-engine.sql', import.meta.url)), 'utf8')
      .replace('{{columns}} are', 'The columns are')
      .replace('{{columns}}', columns.map(({ definition }) => definition).join(', '))
      .replace('{{brokers}}', lab.stack.kafka_brokers)
      .replace('{{topic}}', topicName('dms.scans.v1', PREFIX))
      .replace('{{group}}', `bench-${name}`)
      .replace('{{consumers}}', String(consumers))
      .replace('{{block_rows}}', String(ENGINE_BLOCK_ROWS));
    for (const statement of statements.split(/;\s*$/m).filter((text) => text.trim() !== '')) {
      await sql.command(statement);
    }
    const drained = await watchDrain(options.events, () => rowsOf(sql), lab.pids);
    const bytes_per_row = await bytesPerRow(sql);
    await sql.command('DROP TABLE bench_queue_to_raw SYNC');
    await sql.command('DROP TABLE bench_queue SYNC');
    return told({ name, ...drained, peak_rss_mib: null, bytes_per_row });
  });
}

/** `entry` is the sink's program, or one that is like it but for its ledger. */
async function drainBySink(lab: RunningLab, kafka: Kafka, name: string, entry: string): Promise<Result> {
  return inDatabase(lab, name, async (sql, env) => {
    await forgetGroup(kafka);
    const child = spawn(process.execPath, [...process.execArgv, entry], {
      env: { ...process.env, ...env, SINK_PORT: '0', LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const pid = child.pid ?? NaN;
    try {
      const keeps = name === 'sink';
      const count = keeps ? () => rowsOf(sql) : () => committedRows(kafka);
      const drained = await watchDrain(options.events, count, { ...lab.pids, sink: pid });
      const peak_rss_mib = peakRss_mib(pid);
      return told({ name, ...drained, peak_rss_mib, bytes_per_row: keeps ? await bytesPerRow(sql) : null });
    } finally {
      await end(child);
    }
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** Rows that are in both: the ledger's copy in reading order is part of the work. (The feed repeats no event.) */
async function rowsOf(sql: SqlClient): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    'SELECT least((SELECT count() FROM raw_scans), (SELECT count() FROM raw_scans_by_key)) AS n',
  );
  return row?.n ?? 0;
}

/** What the sink has told Kafka that it is done with. */
async function committedRows(kafka: Kafka): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  const [topic] = await admin.fetchOffsets({
    groupId: `${PREFIX}dms-sink`,
    topics: [topicName('dms.scans.v1', PREFIX)],
  });
  await admin.disconnect();
  return (topic?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
}

/** So that the next sink begins at the beginning. */
async function forgetGroup(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const { groups } = await admin.listGroups();
  const group = `${PREFIX}dms-sink`;
  if (groups.some(({ groupId }) => groupId === group)) await admin.deleteGroups([group]);
  await admin.disconnect();
}

async function bytesPerRow(sql: SqlClient): Promise<{ ledger: number; by_key: number }> {
  await delay(0);
  const rows = await sql.query<{ table: string; bytes: number }>(
    `SELECT table, sum(bytes_on_disk) / sum(rows) AS bytes FROM system.parts
     WHERE active AND database = currentDatabase() AND table IN ('raw_scans', 'raw_scans_by_key') GROUP BY table`,
  );
  const of = (table: string): number => rows.find((row) => row.table === table)?.bytes ?? NaN;
  return { ledger: of('raw_scans'), by_key: of('raw_scans_by_key') };
}

function told(result: Result): Result {
  const cpu = Object.entries(result.cpu_us).map(([name, us]) => `${name} ${us.toFixed(2)}`);
  const { bytes_per_row: bytes, peak_rss_mib } = result;
  console.log(
    `${result.name.padEnd(9)} ${Math.round(result.rows_per_s).toLocaleString('en').padStart(9)} rows/s` +
      `   CPU µs/event: ${cpu.join(', ')}` +
      (peak_rss_mib === null ? '' : `   peak RSS ${Math.round(peak_rss_mib)} MiB`) +
      (bytes === null
        ? ''
        : `   bytes/row: ledger ${bytes.ledger.toFixed(1)}, reading order ${bytes.by_key.toFixed(1)}`),
  );
  return result;
}

function tell(results: readonly Result[]): void {
  const by = (name: string): Result | undefined => results.find((result) => result.name === name);
  const engines = results.filter(({ name }) => name.startsWith('engine-'));
  const best = engines.toSorted((a, b) => b.rows_per_s - a.rows_per_s)[0];
  const [sink, ceiling] = [by('sink'), by('ceiling')];
  const ratio = (a: Result | undefined, b: Result | undefined): number | null =>
    a === undefined || b === undefined ? null : a.rows_per_s / b.rows_per_s;
  const cpu = Object.fromEntries(
    [best, sink, ceiling]
      .filter((result) => result !== undefined)
      .flatMap(({ name, cpu_us }) =>
        Object.entries(cpu_us).map(([process, us]) => [`${name}_${process}_cpu_us_per_event`, us] as const),
      ),
  );
  report(
    'ingest',
    {
      events: options.events,
      ...Object.fromEntries(results.map(({ name, rows_per_s }) => [`${name}_rows_per_s`, rows_per_s])),
      sink_to_best_engine_ratio: ratio(sink, best),
      sink_to_ceiling_ratio: ratio(sink, ceiling),
      ...cpu,
      sink_peak_rss_mib: sink?.peak_rss_mib ?? null,
      ledger_bytes_per_row: sink?.bytes_per_row?.ledger ?? null,
      by_key_bytes_per_row: sink?.bytes_per_row?.by_key ?? null,
    },
    {
      sink_to_best_engine_ratio: { min: 4 },
      sink_to_ceiling_ratio: { min: 0.85 },
      sink_peak_rss_mib: { max: 400 },
    },
  );
}
