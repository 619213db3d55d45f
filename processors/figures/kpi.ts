import { DAY_MS } from '../../models/calendar/day.ts';
import {
  METRICS,
  type Kpi,
  type KnownKpi,
  type Metric,
  type MetricId,
  unitOf,
} from '../../models/contract/metrics.ts';
import type { LiveRow, Restatement } from '../../models/contract/live.ts';
import type { EventTypeName } from '../../models/contract/registry.ts';
import { undefinedBecause, type Figure } from '../../models/channel/figure.ts';
import {
  changedPoints,
  isSame,
  lastRestatement,
  type SeriesPoint,
} from '../../models/channel/restatement.ts';
import {
  defineProcessor,
  type Lane,
  type Output,
  type RunContext,
  type RunnableProcessor,
} from '../processor.ts';
import type { SqlClient } from '../../sql/client.ts';
import type { Settings } from '../settings/settings.ts';
import { lastBuckets, type Bucket } from './buckets.ts';
import { rowsAsKnown, rowsAtInstants, watermarksAsKnown, type KnownQuestion } from './known-kpi.ts';
import { SeriesClock } from './series-clock.ts';

/** A figure and the currency that it is told in, where it is money. */
export interface KpiFigure extends Figure {
  readonly currency?: string;
}

/** What makes one KPI. Its query `kpi-<id>.sql` answers for any list of instants `as_ofs`. */
export interface KpiDefinition<Row extends { readonly as_of: string }> {
  readonly id: MetricId;
  /** Default `main`. */
  readonly lane?: Lane;
  /** Processors whose marts it reads. */
  readonly after: readonly string[];
  /** Shortest time between two runs, ms: what the query costs decides it. */
  readonly min_interval_ms: number;
  /** Buckets of its sparkline. */
  readonly series: { readonly unit: 'hour' | 'day'; readonly count: number; readonly every_ms: number };
  /** The figure at one instant out of the query's rows about it. Pure. */
  readonly figure: (rows: readonly Row[], settings: Settings) => KpiFigure;
}

/** The processor of a KPI, which can also be asked for its figure at another time, as it was known at another time. */
export interface KpiProcessor extends RunnableProcessor {
  /** @throws SqlError TIMEOUT_EXCEEDED or MEMORY_LIMIT_EXCEEDED when the history is too long to be folded anew for one answer */
  readonly asKnown: (question: KnownQuestion) => Promise<KnownKpi>;
}

interface Input<Row> {
  readonly rows: readonly Row[];
  readonly watermarks: ReadonlyMap<string, string>;
  readonly stored: ReadonlyMap<string, SeriesPoint>;
  /** Buckets to compute in this run; empty when the stored ones are fresh enough. */
  readonly buckets: readonly Bucket[];
  readonly first_bucket: string;
}

interface Result extends Output {
  readonly kpi: Kpi;
  readonly changed: readonly SeriesPoint[];
  readonly now: Date;
}

/** A bucket counts as closed an hour after its end: until then events are on their way, not late. */
const CLOSED_AFTER_MS = 3_600_000;
/** A value that stood so long was on the board to be read; one that stood shorter belongs to a load of history. */
const STOOD_MS = 600_000;
/** With no news a KPI is computed so often: windows move, today ends. */
const IDLE_EVERY_MS = 60_000;

/**
 * The processor of one KPI: value now, its difference to the value at the same time yesterday, its sparkline, whether
 * late data restated it. A missing feed makes it null with that reason, and touches no other KPI.
 */
export function kpi<Row extends { readonly as_of: string }>(definition: KpiDefinition<Row>): KpiProcessor {
  const metric = metricOf(definition.id);
  const series = new SeriesClock(definition.series.every_ms);
  const processor = defineProcessor<Input<Row>, Result>({
    id: `kpi-${definition.id}`,
    lane: definition.lane ?? 'main',
    trigger: {
      on: 'timer',
      every_ms: IDLE_EVERY_MS,
      after: definition.after,
      min_interval_ms: definition.min_interval_ms,
    },
    query: (context) => readInput(definition, metric, context, series),
    compute: (input, { now, settings }) => computeKpi(definition, metric, input, now, settings),
    store: storeKpi,
    publishes_meanwhile: true,
  });
  return { ...processor, asKnown: (question) => kpiAsKnown(definition, metric, question) };
}

async function readInput<Row extends { readonly as_of: string }>(
  { id, series }: KpiDefinition<Row>,
  metric: Metric,
  { sql, now, settings }: RunContext,
  clock: SeriesClock,
): Promise<Input<Row>> {
  const buckets = lastBuckets(series.unit, series.count, now, settings.time_zone);
  const first_bucket = buckets[0]?.start ?? now.toISOString();
  const known = [now.toISOString(), yesterday(now)];
  const [rows, watermarks, stored] = await Promise.all([
    rowsAt<Row>(id, known, sql, settings),
    watermarksAt(metric.feeds, now, sql),
    sql.queryFile<SeriesPoint>('queries/processors/kpi-series.sql', {
      params: { id, from: new Date(first_bucket) },
    }),
  ]);
  const watermark_ms = Math.max(...[...watermarks.values()].map((watermark) => Date.parse(watermark)));
  const wanted = clock.take(now.getTime(), watermark_ms) ? buckets : [];
  const as_ofs = wanted.map((bucket) => bucket.as_of).filter((as_of) => !known.includes(as_of));
  return {
    rows: as_ofs.length === 0 ? rows : [...rows, ...(await rowsAt<Row>(id, as_ofs, sql, settings))],
    watermarks,
    stored: new Map(stored.map((point) => [point.bucket_start, point])),
    buckets: wanted,
    first_bucket,
  };
}

/** Event type → newest event time, not beyond `now`, for those of `types` of which anything has come. */
async function watermarksAt(
  types: readonly EventTypeName[],
  now: Date,
  sql: SqlClient,
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.queryFile<{ event_type: string; watermark: string }>(
    'queries/processors/feed-watermarks.sql',
    { params: { types, now } },
  );
  return new Map(rows.map((row) => [row.event_type, row.watermark]));
}

function rowsAt<Row>(
  id: string,
  as_ofs: readonly string[],
  sql: SqlClient,
  { time_zone }: Settings,
): Promise<Row[]> {
  return sql.queryFile<Row>(`queries/processors/kpi-${id}.sql`, { params: { as_ofs, time_zone } });
}

function computeKpi<Row extends { readonly as_of: string }>(
  definition: KpiDefinition<Row>,
  metric: Metric,
  { rows, watermarks, stored, buckets }: Input<Row>,
  now: Date,
  settings: Settings,
): Result {
  const at = figuresOf(definition, metric, rows, watermarks, settings);
  const now_iso = now.toISOString();
  const changed = changedPoints(
    stored,
    new Map(buckets.map((bucket) => [bucket.start, at(bucket.as_of).value])),
    now_iso,
    {
      closed_before: closedBefore(buckets, now),
      stood_ms: STOOD_MS,
    },
  );
  const points = new Map([...stored, ...changed.map((point) => [point.bucket_start, point] as const)]);
  const restated = lastRestatement(points.values(), yesterday(now));
  const kpi: Kpi = {
    ...kpiOf(metric, at(now_iso), at(yesterday(now)), settings),
    as_of: [...watermarks.values()].sort()[0] ?? now_iso,
    ...(restated === undefined ? {} : { restated: true }),
  };
  const row: LiveRow<'kpis'> = {
    ...kpi,
    series: seriesOf(points),
    ...(restated === undefined ? {} : { restatement: restatementOf(restated) }),
  };
  return {
    kpi,
    changed,
    now,
    live: [{ topic: 'kpis', as_of: kpi.as_of, rows: new Map([[metric.id, row]]) }],
  };
}

/** The figure at any of the instants that the rows are about; null with that reason where a feed is missing. */
function figuresOf<Row extends { readonly as_of: string }>(
  { figure }: KpiDefinition<Row>,
  { feeds }: Metric,
  rows: readonly Row[],
  watermarks: ReadonlyMap<string, string>,
  settings: Settings,
): (as_of: string) => KpiFigure {
  const missing = feeds.filter((feed) => !watermarks.has(feed));
  if (missing.length > 0) return () => undefinedBecause(`no ${missing.join(' and no ')} feed yet`);
  return (as_of) =>
    figure(
      rows.filter((row) => row.as_of === as_of),
      settings,
    );
}

/** The KPI without what its data tells: `before` is the figure at the same time the day before. */
function kpiOf(
  metric: Metric,
  current: KpiFigure,
  before: KpiFigure,
  { reporting_currency }: Settings,
): Omit<Kpi, 'as_of'> {
  return {
    id: metric.id,
    value: current.value,
    ...(current.reason === undefined ? {} : { reason: current.reason }),
    unit: unitOf(metric, current.currency ?? reporting_currency),
    direction: metric.direction,
    ...(metric.target === undefined ? {} : { target: metric.target }),
    ...(current.value === null || before.value === null || current.currency !== before.currency
      ? {}
      : { delta: current.value - before.value }),
  };
}

/** Asks the marts as they were known then, and the marts of now, for the same instants. */
async function kpiAsKnown<Row extends { readonly as_of: string }>(
  definition: KpiDefinition<Row>,
  metric: Metric,
  question: KnownQuestion,
): Promise<KnownKpi> {
  const { sql, settings, as_of } = question;
  const as_ofs = [as_of.toISOString(), yesterday(as_of)] as const;
  const [watermarks, watermarks_now, rows_now] = await Promise.all([
    watermarksAsKnown(metric.feeds, question),
    watermarksAt(metric.feeds, as_of, sql),
    rowsAtInstants<Row>(definition.id, as_ofs, question),
  ]);
  const rows = await rowsAsKnown<Row>(definition.id, as_ofs, question);
  const then = figuresOf(definition, metric, rows, watermarks, settings);
  const current = then(as_ofs[0]);
  const now = figuresOf(definition, metric, rows_now, watermarks_now, settings)(as_ofs[0]);
  return {
    ...kpiOf(metric, current, then(as_ofs[1]), settings),
    as_of: [...watermarks.values()].sort()[0] ?? as_ofs[0],
    ...(isSame(current.value, now.value) ? {} : { restated: true }),
    value_now: now.value,
  };
}

async function storeKpi({ kpi, changed, now }: Result, { sql, version }: RunContext): Promise<void> {
  const points = changed.map((point) => ({ id: kpi.id, ...point, version }));
  const figure = {
    id: kpi.id,
    computed_minute: new Date(Math.floor(now.getTime() / 60_000) * 60_000).toISOString(),
    computed_at: now.toISOString(),
    value: kpi.value,
    reason: kpi.reason ?? '',
    unit: kpi.unit,
    as_of: kpi.as_of,
    delta: kpi.delta ?? null,
    restated: kpi.restated ?? false,
  };
  await Promise.all([
    sql.insertRows('raw_mart_kpi_series', points),
    sql.insertRows('raw_mart_kpis', [figure]),
  ]);
}

function restatementOf({ bucket_start, value, value_before, restated_at }: SeriesPoint): Restatement {
  return { bucket_start, value, value_before, restated_at: restated_at ?? '' };
}

function seriesOf(
  points: ReadonlyMap<string, SeriesPoint>,
): { bucket_start: string; value: number | null }[] {
  return [...points.values()]
    .map(({ bucket_start, value }) => ({ bucket_start, value }))
    .sort((a, b) => (a.bucket_start < b.bucket_start ? -1 : 1));
}

/** The start of the first bucket that is not closed yet. */
function closedBefore(buckets: readonly Bucket[], now: Date): string {
  const closed = new Date(now.getTime() - CLOSED_AFTER_MS).toISOString();
  return buckets.find((bucket) => bucket.as_of > closed)?.start ?? now.toISOString();
}

function yesterday(now: Date): string {
  return new Date(now.getTime() - DAY_MS).toISOString();
}

function metricOf(id: MetricId): Metric {
  const metric = METRICS.find((one) => one.id === id);
  if (metric === undefined) throw new Error(`no metric ${id}`);
  return metric;
}
