import type { EventTypeName } from '../../models/contract/registry.ts';
import { judgeTrail, type Judged } from '../../models/diversion/judge.ts';
import { PLACES_MIN } from '../../models/diversion/rules/clone.ts';
import { PHONES_H, SPEED_KMH } from '../../models/diversion/rules/impossible-travel.ts';
import { CLOCKS_MS, type Trail } from '../../models/diversion/trail.ts';
import { defineProcessor, type Output, type RunContext } from '../processor.ts';
import type { SqlClient } from '../../sql/client.ts';
import { definitionOf, rangeParams, runParams } from './bucket-mart.ts';
import { CONTENTS_FILE } from './code-contents.ts';
import { OBSERVATIONS_FILE, observationParams, readTrails } from './code-trails.ts';
import { rangesByType } from './ranges-by-type.ts';
import { reloadDictionaries } from './reference-dictionaries.ts';
import { FEED_FILES, FEED_TABLES, fillFeeds, noteFeeds, watermarkOf } from './scan-feeds.ts';
import { noteAllTransferred, noteTransferred, TRANSFER_FILES } from './transferred-codes.ts';

interface Input {
  readonly trails: readonly Trail[];
  readonly watermark_ms: number;
  /** Signals of the codes that hold before this run. */
  readonly known: number;
}
interface Result extends Output {
  readonly judged: readonly { readonly trail: Trail; readonly found: Judged }[];
}

const TOUCHED = 'queries/processors/diversion-touched.sql';
const CONTAINERS = 'queries/processors/diversion-touched-containers.sql';
const CONTENTS = 'queries/processors/diversion-touched-contents.sql';
const BOXES = 'queries/processors/diversion-touched-boxes.sql';
const DIRTY = 'queries/processors/diversion-dirty.sql';
const DIRTY_REFERENCES = 'queries/processors/diversion-dirty-references.sql';
const DUE = 'queries/processors/diversion-due.sql';
const WITHDRAW = 'queries/processors/diversion-withdraw.sql';
const SUSPECTS = 'queries/processors/diversion-suspects.sql';
const IS_ANY_SUSPECT = 'queries/processors/diversion-is-any-suspect.sql';
const RELEASE = 'queries/processors/diversion-release.sql';
const FILES = [
  TOUCHED,
  CONTAINERS,
  CONTENTS,
  BOXES,
  DIRTY,
  DIRTY_REFERENCES,
  DUE,
  'functions/item-key.sql',
  'functions/is-supply.sql',
  'functions/adcode-within.sql',
  'functions/in-territory.sql',
  'functions/is-inside.sql',
  'functions/point-in-geojson.sql',
  'functions/points-around.sql',
  ...FEED_FILES,
  SUSPECTS,
  OBSERVATIONS_FILE,
  CONTENTS_FILE,
  ...TRANSFER_FILES,
  WITHDRAW,
  RELEASE,
];
const KNOWN = 'queries/processors/diversion-known.sql';
const BOUNDS = 'queries/processors/diversion-code-bounds.sql';
/**
 * What is touched besides what was scanned, by the steps of raw_touched_codes: its containers, the contents of what moved, and of what was
 * counted. Each list waits for no other.
 */
const AROUND = [
  [
    [CONTAINERS, 'scanned', 'container'],
    [CONTAINERS, 'container', 'outer'],
  ],
  [
    [CONTENTS, 'moved', 'content'],
    [CONTENTS, 'content', 'inner'],
  ],
  [[BOXES, 'box', 'boxed']],
] as const;
/** After every code. */
const LAST_CODE = '\u{10FFFF}';
/** Codes looked at in one part when all are. */
const CODES_PER_PART = 1_000_000;
/** In the running loop all are judged at once only where that is no more than a run's work. */
const FILL_DELIVERIES_MAX = 400_000;

/** What is said of scans themselves; the other types are reference data. */
const SCANS: ReadonlySet<string> = new Set<EventTypeName>(['scan', 'scan_retraction']);

/** Raise it when a rule changes, so that the signals of history are judged anew. */
const RULES_VERSION = 16;

/**
 * Keeps `mart_diversion_signals`: what the rules say about each code. A bucket is one code. What later data explain (a late
 * shipment, a corrected territory) is withdrawn; what late data may well explain waits for the watermark of the feeds that could explain it first.
 * Territories hold as of the shipment.
 */
export const diversionSignals = defineProcessor<Input, Result>({
  id: 'diversion-signals',
  lane: 'cases',
  trigger: {
    on: 'data',
    types: ['scan', 'scan_retraction', 'dealer', 'territory', 'product'],
    behind: ['code-journeys'],
    min_interval_ms: 1_200,
    deliveries_max: 20_000,
  },
  mart: {
    tables: [
      'raw_mart_diversion_signals',
      'raw_touched_codes',
      'raw_dirty_codes',
      'raw_suspect_codes',
      'raw_held_codes',
      ...FEED_TABLES,
      'raw_transfer_codes',
    ],
    hash_file: 'queries/processors/diversion-signals-hash.sql',
    definition: () => definitionOf(FILES, `rules ${RULES_VERSION}`),
    fill: judgeAll,
    fill_deliveries_max: FILL_DELIVERIES_MAX,
  },
  query: async (context) => {
    await reloadDictionaries(context, ['dealer', 'territory', 'product']);
    const watermark_ms = await noteCodes(context);
    await noteSuspects(context, { after: '', until: LAST_CODE, dirty: context.version });
    const trails = await trailsOfSuspects(context);
    const [known] = await context.sql.queryFile<{ signals: number }>(KNOWN, {
      params: { version: context.version },
    });
    return { trails, watermark_ms, known: known?.signals ?? 0 };
  },
  compute: judge,
  store,
});

/** Of which codes it is asked whether a rule may have something to say: of a stretch of all, or, within it, of those noted for a run. */
interface Among {
  readonly after: string;
  readonly until: string;
  /** The run's version; 0 = all. */
  readonly dirty: number;
}

function noteSuspects({ sql, version }: RunContext, among: Among): Promise<void> {
  return sql.commandFile(SUSPECTS, {
    params: { ...among, version, places_min: PLACES_MIN, speed_kmh: SPEED_KMH, clock_h: PHONES_H },
  });
}

/** What is known of the codes of which a rule may have something to say: mostly there is none, and then nothing is asked. */
async function trailsOfSuspects({ sql, version }: RunContext): Promise<readonly Trail[]> {
  const [any] = await sql.queryFile<{ suspects: number }>(IS_ANY_SUSPECT, { params: { version } });
  if (any === undefined || any.suspects === 0) return [];
  const params = observationParams('raw_suspect_codes', version);
  return readTrails(sql, (file) => sql.queryFile(file, { params }));
}

function judge({ trails, watermark_ms, known }: Input): Result {
  const judged = trails
    .map((trail) => ({ trail, found: judgeTrail(trail, watermark_ms) }))
    .filter(({ found }) => found.signals.length > 0 || found.due_ms !== null);
  return { judged, is_stored: judged.length + known > 0 };
}

async function store({ judged, is_stored }: Result, context: RunContext): Promise<void> {
  if (is_stored === false) return;
  const { sql, version } = context;
  await storeSignals(judged, context);
  await sql.commandFile(WITHDRAW, { params: { version } });
  // Held first and released after: a run that was broken off between finds them due once more.
  await storeHeld(judged, context);
  await sql.commandFile(RELEASE, { params: { version } });
}

async function storeSignals(judged: Result['judged'], { sql, version }: RunContext): Promise<void> {
  await sql.insertRows(
    'raw_mart_diversion_signals',
    judged.flatMap(({ trail, found }) => signalRows(trail, found, version)),
  );
}

async function storeHeld(judged: Result['judged'], { sql, version }: RunContext): Promise<void> {
  await sql.insertRows(
    'raw_held_codes',
    judged.flatMap(({ trail: { code }, found: { due_ms } }) =>
      due_ms === null ? [] : [{ code, due_at: new Date(due_ms).toISOString(), version, is_deleted: 0 }],
    ),
  );
}

/**
 * Judges all codes in the order of the table. By ranges of deliveries each run would search all codes for those that its
 * scans are packed with, and judge most codes several times: work that grows with the square of the history. Nothing has been said
 * of any code before, so only those are read whole of which something may be said.
 */
async function judgeAll(context: RunContext): Promise<void> {
  const { sql } = context;
  await reloadDictionaries(context, ['dealer', 'territory', 'product']);
  await fillFeeds(context);
  await forgetCodes(sql);
  await noteAllTransferred(context);
  const watermark = await watermarkOf(context);
  const bounds = await sql.queryFile<{ until: string }>(BOUNDS, { params: { codes: CODES_PER_PART } });
  let after = '';
  for (const { until } of bounds) {
    await forgetCodes(sql);
    await noteSuspects(context, { after, until, dirty: 0 });
    const trails = await trailsOfSuspects(context);
    const { judged } = judge({ trails, watermark_ms: watermark.getTime(), known: 0 });
    await storeSignals(judged, context);
    await storeHeld(judged, context);
    after = until;
  }
  await forgetCodes(sql);
}

/** Notes the codes that this run has to judge; the watermark of what it has taken in, ms since 1970. */
async function noteCodes(context: RunContext): Promise<number> {
  const { sql, version, ranges, is_first } = context;
  await forgetCodes(sql);
  await Promise.all([noteTouched(context), noteFeeds(context)]);
  await sql.commandFile(DIRTY, { params: { version } });
  // Before the first run no code has been judged: all will be, with the versions that have come by then.
  const is_renewed = rangesByType(ranges).some(({ event_type }) => !SCANS.has(event_type));
  if (is_renewed && !is_first)
    await sql.commandFile(DIRTY_REFERENCES, { params: { ...rangeParams(ranges), version } });
  const [watermark] = await Promise.all([watermarkOf(context), noteTransferred(context)]);
  await sql.commandFile(DUE, { params: { version, watermark } });
  return watermark.getTime();
}

async function noteTouched(context: RunContext): Promise<void> {
  const { sql, version } = context;
  await sql.commandFile(TOUCHED, { params: { ...runParams(context), version } });
  await Promise.all(
    AROUND.map(async (steps) => {
      for (const [file, of, step] of steps)
        await sql.commandFile(file, { params: { version, of, step, clock_h: CLOCKS_MS / 3_600_000 } });
    }),
  );
}

async function forgetCodes(sql: SqlClient): Promise<void> {
  const tables = ['raw_touched_codes', 'raw_dirty_codes', 'raw_suspect_codes'];
  await Promise.all(
    tables.map((table) => sql.commandFile('queries/processors/empty-table.sql', { params: { table } })),
  );
}

/** Rows of the table: each signal with its scan. */
function signalRows(trail: Trail, { signals }: Judged, version: number): object[] {
  const { code, sent_code, sku_id, lot, parent_code, units, unit_value, currency } = trail;
  return signals.map(({ kind, scan, origin_dealer_id, region, p_inside, log_odds }) => ({
    code,
    sent_code: sent_code === code ? '' : sent_code,
    kind,
    source: scan.source,
    event_id: scan.event_id,
    event_time: scan.event_time,
    biz_step: scan.biz_step,
    sku_id,
    lot,
    parent_code,
    origin_dealer_id,
    territory_id: scan.territory_id,
    shipped_at: scan.shipped_at ?? scan.event_time,
    found_dealer_id: scan.dealer_id,
    found_adcode: scan.adcode,
    region,
    session_id: scan.session_id,
    p_inside,
    log_odds,
    units,
    unit_value,
    currency,
    version,
    is_deleted: 0,
  }));
}
