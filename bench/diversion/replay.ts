import { randomBytes } from 'node:crypto';
import { createLogger } from '../../ingest/program/program.ts';
import type { Alert } from '../../models/contract/alert.ts';
import { offlineLoop, takeInAll } from '../../processors/loop/offline.ts';
import { rebuildMarts } from '../../processors/rebuild.ts';
import { PROCESSORS } from '../../processors/registry.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import type { SimulatedEvent } from '../../simulator/flow/event-stream.ts';
import { SqlClient } from '../../sql/client.ts';
import { migrate } from '../../sql/migrate.ts';
import type { LabStack } from '../../stack/lab/lab.ts';
import { Ledger } from '../ledger.ts';
import { isolationForest, type StrangeScan } from './isolation-forest.ts';
import { plainRule, type PlainCase } from './plain-rule.ts';

const TIME_ZONE = 'Asia/Shanghai';
/** What ends in a case, and what tells how far its feeds have come. With what these wait for they run; figures of the board do not. */
const WANTED = ['diversion-cases', 'feed-arrivals'];

/** Those that judge the scans of each code. */
const JUDGING: ReadonlySet<string> = new Set(['code-journeys', 'diversion-signals']);
/** What they keep; the first has a row for each code. */
const STATE_TABLES = ['raw_mart_code_journeys', 'raw_mart_diversion_signals', 'raw_held_codes'];

/** What the detector said of a stream, and what it took. */
export interface Replayed {
  readonly alerts: readonly Alert[];
  /** Event time of the scans that had been taken in when the alert was first seen, ms, by alert. */
  readonly seen_ms: ReadonlyMap<string, number>;
  readonly detect_ms: number;
  readonly scans: number;
  /** What it takes to judge the stored scans of the whole history anew, ms. */
  readonly rejudge_ms: number;
  /** Bytes that ClickHouse keeps for each code: its way and what is said of it. */
  readonly state_bytes_per_code: number;
  /** What the plain rule raises on the same events. */
  readonly plain: readonly PlainCase[];
  /** What the isolation forest finds of the same scans, the strangest first. */
  readonly strange: readonly StrangeScan[];
}

/**
 * Writes a stream into ledgers of its own as the sink does, a stretch of event time after the other, and lets the processors take
 * in each stretch before the next comes: what was known at a time cannot depend on what came later.
 * @param python interpreter of `installForest`
 */
export async function replay(
  stack: LabStack,
  events: readonly SimulatedEvent[],
  stretch_ms: number,
  python: string,
): Promise<Replayed> {
  const database = `dv_${randomBytes(4).toString('hex')}`;
  const config = { url: stack.clickhouse_url, ...stack.admin, database, request_timeout_ms: 300_000 };
  await migrate({ config, cluster: null, time_zone: TIME_ZONE, reporting_currency: 'CNY' });
  const sql = new SqlClient(config);
  try {
    return await replayInto(sql, events, stretch_ms, python);
  } finally {
    await sql.command(`DROP DATABASE IF EXISTS ${database}`);
    await sql.close();
  }
}

async function replayInto(
  sql: SqlClient,
  events: readonly SimulatedEvent[],
  stretch_ms: number,
  python: string,
): Promise<Replayed> {
  let now = new Date();
  const settings = readSettings(TIME_ZONE, 'CNY');
  const log = createLogger('bench', 'error');
  const needed = withInputs(WANTED);
  const processors = PROCESSORS.filter(({ id }) => needed.has(id));
  const loop = await offlineLoop({
    processors,
    sql,
    settings,
    log,
    clock: () => now,
  });
  const ledger = new Ledger(sql);
  const seen_ms = new Map<string, number>();
  let detect_ms = 0;
  for (const stretch of stretchesOf(events, stretch_ms)) {
    for (const event of stretch.events) await ledger.add(event);
    await ledger.flush();
    now = new Date(stretch.ends_ms);
    const began = performance.now();
    await takeInAll(loop, processors);
    detect_ms += performance.now() - began;
    for (const { alert_id } of await alertsOf(sql))
      if (!seen_ms.has(alert_id)) seen_ms.set(alert_id, stretch.ends_ms);
  }
  const alerts = await alertsOf(sql);
  const judging = PROCESSORS.filter(({ id }) => JUDGING.has(id));
  const rebuilt = await rebuildMarts(judging, { sql, settings, log });
  for (const { processor, hash_before, hash_after } of rebuilt)
    if (hash_before !== hash_after) throw new Error(`${processor} says something else of the same scans`);
  return {
    alerts,
    seen_ms,
    detect_ms,
    rejudge_ms: rebuilt.reduce((sum, { took_ms }) => sum + took_ms, 0),
    state_bytes_per_code: await stateBytesPerCode(sql),
    scans: events.filter(({ type }) => type === 'scan').length,
    plain: await plainRule(sql),
    strange: await isolationForest(sql, python),
  };
}

/** Processors with all those whose tables they read, and what these read. */
function withInputs(ids: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    const trigger = PROCESSORS.find((one) => one.id === id)?.trigger;
    if (trigger === undefined) throw new Error(`no processor ${id}`);
    for (const input of (trigger.on === 'data' ? trigger.behind : trigger.after) ?? []) add(input);
  };
  ids.forEach(add);
  return found;
}

async function stateBytesPerCode(sql: SqlClient): Promise<number> {
  for (const table of STATE_TABLES) await sql.command(`OPTIMIZE TABLE ${table} FINAL`);
  const [row] = await sql.query<{ bytes: number }>(
    `SELECT sumIf(bytes_on_disk, table IN {tables: Array(String)}) / greatest(1, sumIf(rows, table = {codes: String})) AS bytes
     FROM system.parts WHERE active AND database = currentDatabase()`,
    { params: { tables: STATE_TABLES, codes: STATE_TABLES[0] } },
  );
  return row?.bytes ?? NaN;
}

async function alertsOf(sql: SqlClient): Promise<Alert[]> {
  const rows = await sql.query<{ alert: string }>('SELECT alert FROM mart_diversion_alerts');
  return rows.map(({ alert }) => JSON.parse(alert) as Alert);
}

interface Stretch {
  readonly events: readonly SimulatedEvent[];
  readonly ends_ms: number;
}

/** In the order of arrival, cut where the next stretch of arrival begins. */
function* stretchesOf(events: readonly SimulatedEvent[], stretch_ms: number): Generator<Stretch> {
  const first = events[0]?.time_ms ?? 0;
  let from = 0;
  for (let ends_ms = first + stretch_ms; from < events.length; ends_ms += stretch_ms) {
    let to = from;
    while (to < events.length && (events[to]?.time_ms ?? 0) < ends_ms) to++;
    if (to > from) yield { events: events.slice(from, to), ends_ms };
    from = to;
  }
}
