import { dateOf } from '../../../models/calendar/day.ts';
import { HEAD_COUNT, type Forecast } from '../../../models/forecast/forecaster.ts';
import type { Panel } from '../../../models/forecast/panel.ts';
import { agreeWithDays } from '../../../models/forecast/reconciliation.ts';
import { FORECASTERS, NAIVE } from '../../../models/forecast/registry.ts';
import type { SqlClient } from '../../../sql/client.ts';
import { covariateUplift } from '../covariate-uplift.ts';
import { forecastOrigin, type OriginResult } from '../forecast-origin.ts';
import { ForecastPool } from '../worker-pool.ts';
import { dailyPanel, dropAbsurd, weeklyPanel, type AbsurdDay } from './demand-panel.ts';
import { readDemandHistory, type DemandHistory } from './history.ts';
import { PROMO } from './known-future.ts';
import { takeUpChance } from './take-up-chance.ts';
import {
  seriesAccuracy,
  versionAccuracy,
  type DailyAccuracy,
  type LevelAccuracy,
  type SeriesAccuracy,
} from './version-accuracy.ts';

/** How far a version looks ahead (domain: "dealer × SKU × day, 28 days and 12 weeks ahead"). */
const DAYS_AHEAD = 28;
const WEEKS_AHEAD = 12;
/** Fewer known days than this tell a model nothing of a week's shape. */
const SHORT_HISTORY_DAYS = 56;
/** Fewer days with demand than this in the whole history. */
const SPARSE_DAYS = 8;
/** Rows of one insert. */
const ROWS_PER_INSERT = 50_000;

export interface VersionOptions {
  readonly time_zone: string;
  readonly seed: number;
  readonly threads: number;
  /** Told what is being done. */
  readonly onStep?: (step: string) => void;
}

/** A version that was stored. */
export interface ForecastVersion {
  readonly forecast_version: string;
  readonly as_of: string;
  readonly series: number;
  readonly cold_starts: number;
  /** Demand that was taken as missing (`absurdBound`). */
  readonly absurd: readonly {
    readonly dealer_id: string;
    readonly sku_id: string;
    readonly day: string;
    readonly qty: number;
  }[];
  readonly choices: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly accuracy: readonly LevelAccuracy[];
  readonly time_ms: Readonly<Record<string, number>>;
}

/**
 * Computes a version from what ClickHouse knows and stores it: 28 days and 12 weeks ahead for every dealer and product that
 * ordered in the last two years, or is to be expected to. The first four weeks are the sums of their days. Null when nothing was
 * ordered before today. A run that fails leaves no version.
 */
export async function makeForecastVersion(
  sql: SqlClient,
  options: VersionOptions,
): Promise<ForecastVersion | null> {
  const tell = options.onStep ?? (() => undefined);
  const started = performance.now();
  tell('reading the demand');
  const history = await readDemandHistory(sql, options.time_zone);
  if (history === null || history.series.length === 0) return null;
  const read = performance.now();
  const forecasters = FORECASTERS.map(({ id }) => id);
  const known = history.last_day - history.first_day + 1;

  tell(`forecasting ${history.series.length} series, ${known} days known, ${DAYS_AHEAD} days ahead`);
  const panel = dailyPanel(history, DAYS_AHEAD);
  const absurd = dropAbsurd(panel);
  const request = { h: DAYS_AHEAD, seed: options.seed, forecasters };
  const pool = new ForecastPool(panel, options.threads);
  let days: OriginResult;
  let past: OriginResult | null = null;
  let uplift: Float32Array | null = null;
  try {
    const origin = known - 1;
    const chance = takeUpChance(history, panel, { origin, h: DAYS_AHEAD });
    days = await forecastOrigin(panel, pool, { ...request, origin, chance });
    const promo = panel.covariates.find(({ name }) => name === PROMO);
    // Where no promotion was ever told, how much they add is not 0 but unknown.
    if (promo !== undefined && history.promotions.length > 0)
      uplift = await covariateUplift(panel, pool, days, promo);
    if (known > 2 * DAYS_AHEAD) {
      tell(`backtesting the ${DAYS_AHEAD} days before`);
      past = await forecastOrigin(panel, pool, { ...request, origin: known - 1 - DAYS_AHEAD });
    }
  } finally {
    await pool.close();
  }
  const weeks = await forecastWeeks(history, panel, options, forecasters, tell);
  if (weeks !== null) agreeWithDays(weeks.result.final, days.final);
  const modelled = performance.now();

  tell('storing');
  const accuracy = past === null ? null : accuracyOf(panel, past);
  const facts: VersionFacts = { history, panel, days, weeks, accuracy, known, absurd };
  const generated_at = new Date();
  const forecast_version = await nextVersionName(sql, history.last_day + 1);
  await storeSeries(sql, forecast_version, facts);
  await storeRows(sql, { forecast_version, bucket_grain: 'day', uplift }, history, panel, days);
  if (weeks !== null) {
    const grain = { forecast_version, bucket_grain: 'week', uplift: null } as const;
    await storeRows(sql, grain, history, weeks.panel, weeks.result);
  }
  const as_of = await endOfDay(sql, history.last_day, options.time_zone);
  const choices = { day: days.choice, ...(weeks === null ? {} : { week: weeks.result.choice }) };
  await sql.insertRows('raw_mart_forecast_versions', [
    {
      forecast_version,
      as_of,
      generated_at: generated_at.toISOString(),
      seed: options.seed,
      series: history.series.length,
      days: DAYS_AHEAD,
      weeks: weeks === null ? 0 : WEEKS_AHEAD,
      choices: JSON.stringify(choices),
      accuracy: JSON.stringify(accuracy?.levels ?? []),
    },
  ]);
  return {
    forecast_version,
    as_of,
    series: history.series.length,
    cold_starts: days.cold_started.length,
    absurd: absurd.map(({ series, day, qty }) => ({
      dealer_id: history.series[series]?.dealer_id ?? '',
      sku_id: history.series[series]?.sku_id ?? '',
      ...{ day: dateOf(day), qty },
    })),
    choices,
    accuracy: accuracy?.levels ?? [],
    time_ms: {
      read: read - started,
      models: modelled - read,
      store: performance.now() - modelled,
      total: performance.now() - started,
    },
  };
}

interface Weeks {
  readonly panel: Panel;
  readonly result: OriginResult;
  /** Of each series, one horizon before; null when the history is too short. */
  readonly accuracy: readonly SeriesAccuracy[] | null;
}

interface VersionFacts {
  readonly history: DemandHistory;
  readonly panel: Panel;
  readonly days: OriginResult;
  readonly weeks: Weeks | null;
  readonly accuracy: { readonly series: readonly DailyAccuracy[] } | null;
  readonly known: number;
  readonly absurd: readonly AbsurdDay[];
}

/** Null when no whole week is known. */
async function forecastWeeks(
  history: DemandHistory,
  daily: Panel,
  { seed, threads }: VersionOptions,
  forecasters: readonly string[],
  tell: (step: string) => void,
): Promise<Weeks | null> {
  const weeks = Math.floor((history.last_day - history.first_day + 1) / 7);
  if (weeks === 0) return null;
  tell(`forecasting ${WEEKS_AHEAD} weeks ahead`);
  const panel = weeklyPanel(history, daily, WEEKS_AHEAD);
  const request = { h: WEEKS_AHEAD, seed, forecasters };
  const pool = new ForecastPool(panel, threads);
  try {
    const origin = weeks - 1;
    const chance = takeUpChance(history, panel, { origin, h: WEEKS_AHEAD });
    const result = await forecastOrigin(panel, pool, { ...request, origin, chance });
    if (weeks <= 2 * WEEKS_AHEAD) return { panel, result, accuracy: null };
    tell(`backtesting the ${WEEKS_AHEAD} weeks before`);
    const past = await forecastOrigin(panel, pool, { ...request, origin: origin - WEEKS_AHEAD });
    return { panel, result, accuracy: seriesAccuracy(panel, past.final) };
  } finally {
    await pool.close();
  }
}

function accuracyOf(panel: Panel, past: OriginResult): ReturnType<typeof versionAccuracy> {
  const codesOf = (name: string): Int32Array =>
    panel.statics.find((column) => column.name === name)?.codes ?? new Int32Array(panel.series_count);
  return versionAccuracy(panel, past.final, naiveOf(past), {
    dealer: codesOf('dealer'),
    category: codesOf('category'),
  });
}

function naiveOf(result: OriginResult): Forecast {
  const naive = result.by_model.get(NAIVE);
  if (naive === undefined) throw new Error(`${NAIVE} was not forecast`);
  return naive;
}

/** `fc-<day it was made for>-<two digits or more>`, the next one of that day. */
async function nextVersionName(sql: SqlClient, day: number): Promise<string> {
  const prefix = `fc-${dateOf(day).replaceAll('-', '')}-`;
  const [row] = await sql.queryFile<{ last: number }>('queries/forecast/versions-of-day.sql', {
    params: { prefix },
  });
  return prefix + String((row?.last ?? 0) + 1).padStart(2, '0');
}

async function endOfDay(sql: SqlClient, day: number, time_zone: string): Promise<string> {
  const [row] = await sql.query<{ instant: string }>(
    "SELECT toTimeZone(toDateTime64({day: String}, 3, {time_zone: String}), 'UTC') AS instant",
    { params: { day: dateOf(day + 1), time_zone } },
  );
  if (row === undefined) throw new Error('no instant');
  return row.instant;
}

async function storeSeries(
  sql: SqlClient,
  forecast_version: string,
  { history, panel, days, weeks, accuracy, known, absurd }: VersionFacts,
): Promise<void> {
  const modelOf = modelsOf(days);
  const weekModelOf = weeks === null ? () => '' : modelsOf(weeks.result);
  const cold = new Set(days.cold_started);
  const daily = dailyMeans(days.final);
  const repaired = new Set(absurd.map(({ series }) => series));
  const rows = history.series.map((facts, index) => {
    const demand = panel.demand.subarray(index * panel.periods, index * panel.periods + known);
    return {
      forecast_version,
      dealer_id: facts.dealer_id,
      sku_id: facts.sku_id,
      dealer_name: facts.dealer_name,
      adcode: facts.adcode,
      sku_name: facts.sku_name,
      category: facts.category,
      open_orders_qty: facts.open_orders_qty,
      on_hand_qty: facts.on_hand_qty,
      in_transit_qty: facts.in_transit_qty,
      committed_qty: facts.committed_qty,
      model: modelOf(index),
      cold_start: cold.has(index),
      quality_flag: repaired.has(index) ? 'absurd_qty' : qualityOf(demand, accuracy !== null),
      wape_backtest: accuracy?.series[index]?.wape ?? null,
      coverage_p80: accuracy?.series[index]?.coverage_p80 ?? null,
      daily_mean: daily.get(index) ?? null,
      week_model: weekModelOf(index),
      week_wape_backtest: weeks?.accuracy?.[index]?.wape ?? null,
      week_coverage_p80: weeks?.accuracy?.[index]?.coverage_p80 ?? null,
      week_sum_wape_backtest: accuracy?.series[index]?.week_wape ?? null,
    };
  });
  await insertInParts(sql, 'raw_mart_forecast_series', rows);
}

/** Series → mean of its means. */
function dailyMeans({ h, series, values }: Forecast): ReadonlyMap<number, number> {
  const means = new Map<number, number>();
  series.forEach((one, index) => {
    let sum = 0;
    for (let step = 0; step < h; step++) sum += values[(index * h + step) * HEAD_COUNT] ?? NaN;
    means.set(one, sum / h);
  });
  return means;
}

/** Name of the model that forecast a series. */
function modelsOf({ choice, segments, cold_started }: OriginResult): (series: number) => string {
  const cold = new Set(cold_started);
  const models = Object.values(choice);
  return (series) => (cold.has(series) ? 'cold-start' : (models[segments[series] ?? 0] ?? ''));
}

function qualityOf(demand: Float32Array, backtested: boolean): string {
  const known = demand.filter((qty) => !Number.isNaN(qty));
  if (known.length < SHORT_HISTORY_DAYS) return 'short_history';
  if (known.filter((qty) => qty > 0).length < SPARSE_DAYS) return 'sparse';
  return backtested ? 'ok' : 'no_backtest';
}

interface StoredGrain {
  readonly forecast_version: string;
  readonly bucket_grain: 'day' | 'week';
  /** See `covariateUplift`; null = not known. */
  readonly uplift: Float32Array | null;
}

async function storeRows(
  sql: SqlClient,
  { forecast_version, bucket_grain, uplift }: StoredGrain,
  history: DemandHistory,
  panel: Panel,
  result: OriginResult,
): Promise<void> {
  const naive = naiveOf(result);
  const { h, origin, series, values } = result.final;
  const buckets = Array.from({ length: h }, (_, step) =>
    dateOf(panel.first_day + (origin + 1 + step) * panel.period_days),
  );
  let rows: object[] = [];
  for (const [index, one] of series.entries()) {
    const facts = history.series[one];
    for (let step = 0; step < h; step++) {
      const at = (index * h + step) * HEAD_COUNT;
      const [mean, p10, p50, p90, p95] = values.subarray(at, at + HEAD_COUNT);
      rows.push({
        forecast_version,
        bucket_grain,
        dealer_id: facts?.dealer_id,
        sku_id: facts?.sku_id,
        horizon_step: step + 1,
        bucket_start: buckets[step],
        ...{ mean, p10, p50, p90, p95 },
        // NaN, of a cold start, is null as JSON.
        promo_uplift: uplift?.[index * h + step] ?? null,
        naive: naive.values[at],
      });
    }
    if (rows.length >= ROWS_PER_INSERT) {
      await sql.insertRows('raw_mart_forecasts', rows);
      rows = [];
    }
  }
  await sql.insertRows('raw_mart_forecasts', rows);
}

async function insertInParts(sql: SqlClient, table: string, rows: readonly object[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
    await sql.insertRows(table, rows.slice(from, from + ROWS_PER_INSERT));
  }
}
