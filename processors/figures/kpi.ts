import { METRICS, type Kpi, type Metric, type MetricId } from '../../models/contract/metrics.ts';
import type { LiveRow } from '../../models/contract/live.ts';
import type { Figure } from '../../models/channel/figure.ts';
import { changedPoints, isRestatedSince, type SeriesPoint } from '../../models/channel/restatement.ts';
import {
  defineProcessor,
  type Lane,
  type Output,
  type RunContext,
  type RunnableProcessor,
} from '../processor.ts';
import type { Settings } from '../settings/settings.ts';
import { lastBuckets, type Bucket } from './buckets.ts';

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

const DAY_MS = 86_400_000;
/** A bucket counts as closed an hour after its end: until then events are on their way, not late. */
const CLOSED_AFTER_MS = 3_600_000;
const STOOD_MS = 3_600_000;
/** While history is being loaded the sparkline is computed anew so often at most. */
const CATCH_UP_EVERY_MS = 10_000;
/** With no news a KPI is computed so often: windows move, today ends. */
const IDLE_EVERY_MS = 60_000;

/**
 * The processor of one KPI: value now, its difference to the value at the same time yesterday, its sparkline, whether
 * late data restated it. A missing feed makes it null with that reason, and touches no other KPI.
 */
export function kpi<Row extends { readonly as_of: string }>(
  definition: KpiDefinition<Row>,
): RunnableProcessor {
  const metric = metricOf(definition.id);
  const series = new SeriesClock(definition.series.every_ms);
  return defineProcessor<Input<Row>, Result>({
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
  });
}

/** When the sparkline is computed anew: as often as told by the clock, and at once when as much event time has come in. */
class SeriesClock {
  readonly #every_ms: number;
  #computed_ms = -Infinity;
  #watermark_ms = -Infinity;

  constructor(every_ms: number) {
    this.#every_ms = every_ms;
  }

  /** Whether it is due at `now_ms`, with events in up to `watermark_ms`; if so it counts as computed. */
  take(now_ms: number, watermark_ms: number): boolean {
    const waited_ms = now_ms - this.#computed_ms;
    const caught_up_ms = watermark_ms - this.#watermark_ms;
    const is_due =
      waited_ms >= this.#every_ms || (caught_up_ms >= this.#every_ms && waited_ms >= CATCH_UP_EVERY_MS);
    if (is_due) {
      this.#computed_ms = now_ms;
      this.#watermark_ms = watermark_ms;
    }
    return is_due;
  }
}

async function readInput<Row extends { readonly as_of: string }>(
  { id, series }: KpiDefinition<Row>,
  metric: Metric,
  { sql, now, settings }: RunContext,
  clock: SeriesClock,
): Promise<Input<Row>> {
  const buckets = lastBuckets(series.unit, series.count, now, settings.time_zone);
  const first_bucket = buckets[0]?.start ?? now.toISOString();
  const [watermarks, stored] = await Promise.all([
    sql.queryFile<{ event_type: string; watermark: string }>('queries/processors/feed-watermarks.sql', {
      params: { types: metric.feeds, now },
    }),
    sql.queryFile<SeriesPoint>('queries/processors/kpi-series.sql', {
      params: { id, from: new Date(first_bucket) },
    }),
  ]);
  const watermark_ms = Math.max(...watermarks.map((row) => Date.parse(row.watermark)));
  const wanted = clock.take(now.getTime(), watermark_ms) ? buckets : [];
  const as_ofs = [now.toISOString(), yesterday(now), ...wanted.map((bucket) => bucket.as_of)];
  const rows = await sql.queryFile<Row>(`queries/processors/kpi-${id}.sql`, {
    params: { as_ofs: [...new Set(as_ofs)], time_zone: settings.time_zone },
  });
  return {
    rows,
    watermarks: new Map(watermarks.map((row) => [row.event_type, row.watermark])),
    stored: new Map(stored.map((point) => [point.bucket_start, point])),
    buckets: wanted,
    first_bucket,
  };
}

function computeKpi<Row extends { readonly as_of: string }>(
  { figure }: KpiDefinition<Row>,
  metric: Metric,
  { rows, watermarks, stored, buckets }: Input<Row>,
  now: Date,
  settings: Settings,
): Result {
  const missing = metric.feeds.filter((feed) => !watermarks.has(feed));
  const no_feed = missing.length > 0 ? `no ${missing.join(' and no ')} feed yet` : null;
  const at = (as_of: string): KpiFigure =>
    no_feed === null
      ? figure(
          rows.filter((row) => row.as_of === as_of),
          settings,
        )
      : { value: null, reason: no_feed };
  const now_iso = now.toISOString();
  const current = at(now_iso);
  const before = at(yesterday(now));
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
  const is_restated = isRestatedSince(points.values(), yesterday(now));
  const kpi: Kpi = {
    id: metric.id,
    value: current.value,
    ...(current.reason === undefined ? {} : { reason: current.reason }),
    unit: metric.unit === 'money' ? (current.currency ?? settings.reporting_currency) : metric.unit,
    as_of: [...watermarks.values()].sort()[0] ?? now_iso,
    direction: metric.direction,
    ...(metric.target === undefined ? {} : { target: metric.target }),
    ...(current.value === null || before.value === null || current.currency !== before.currency
      ? {}
      : { delta: current.value - before.value }),
    ...(is_restated ? { restated: true } : {}),
  };
  const row: LiveRow<'kpis'> = { ...kpi, series: seriesOf(points) };
  return {
    kpi,
    changed,
    now,
    live: [{ topic: 'kpis', as_of: kpi.as_of, rows: new Map([[metric.id, row]]) }],
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
