import { DateTime } from 'luxon';
import { dateOf } from '../../../models/calendar/day.ts';
import { HEAD_COUNT, type Forecast } from '../../../models/forecast/forecaster.ts';
import type { Panel } from '../../../models/forecast/panel.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { OriginResult } from '../forecast-origin.ts';
import type { DemandHistory } from './history.ts';
import {
  DAYS_AHEAD,
  WEEKS_AHEAD,
  naiveOf,
  type DayForecasts,
  type WeekForecasts,
} from './version-forecasts.ts';

/** Fewer known days than this tell a model nothing of a week's shape. */
const SHORT_HISTORY_DAYS = 56;
/** Fewer days with demand than this in the whole history. */
const SPARSE_DAYS = 8;
/** Rows of one insert. */
const ROWS_PER_INSERT = 50_000;

/** A version as it was computed. */
export interface ComputedVersion {
  readonly history: DemandHistory;
  readonly days: DayForecasts;
  readonly weeks: WeekForecasts | null;
  readonly seed: number;
  readonly time_zone: string;
}

/** A version as it is known by. */
export interface StoredForecast {
  readonly forecast_version: string;
  /** End of the last day whose demand was known. */
  readonly as_of: string;
  /** Grain → class of demand → model. */
  readonly choices: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Stores a version under the next name of its day. It is there with its last insert: one that fails before leaves no version. */
export async function storeVersion(sql: SqlClient, computed: ComputedVersion): Promise<StoredForecast> {
  const { history, days, weeks, seed, time_zone } = computed;
  const generated_at = new Date();
  const forecast_version = await nextVersionName(sql, history.last_day + 1);
  await storeSeries(sql, forecast_version, computed);
  await storeRows(sql, { forecast_version, bucket_grain: 'day', history, ...days });
  if (weeks !== null)
    await storeRows(sql, { forecast_version, bucket_grain: 'week', history, uplift: null, ...weeks });
  const as_of = endOf(history.last_day, time_zone);
  const choices = { day: days.result.choice, ...(weeks !== null && { week: weeks.result.choice }) };
  await sql.insertRows('raw_mart_forecast_versions', [
    {
      forecast_version,
      as_of,
      generated_at: generated_at.toISOString(),
      seed,
      series: history.series.length,
      days: DAYS_AHEAD,
      weeks: weeks === null ? 0 : WEEKS_AHEAD,
      choices: JSON.stringify(choices),
      accuracy: JSON.stringify(days.accuracy?.levels ?? []),
    },
  ]);
  return { forecast_version, as_of, choices };
}

/** `fc-<day it was made for>-<two digits or more>`, the next one of that day. */
async function nextVersionName(sql: SqlClient, day: number): Promise<string> {
  const prefix = `fc-${dateOf(day).replaceAll('-', '')}-`;
  const [row] = await sql.queryFile<{ last: number }>('queries/forecast/versions-of-day.sql', {
    params: { prefix },
  });
  return prefix + String((row?.last ?? 0) + 1).padStart(2, '0');
}

/** When a local day ends. */
function endOf(day: number, time_zone: string): string {
  return DateTime.fromISO(dateOf(day + 1), { zone: time_zone })
    .toJSDate()
    .toISOString();
}

async function storeSeries(
  sql: SqlClient,
  forecast_version: string,
  { history, days, weeks }: ComputedVersion,
): Promise<void> {
  const { panel, known, result, absurd, accuracy } = days;
  const modelOf = modelsOf(result);
  const weekModelOf = weeks === null ? () => '' : modelsOf(weeks.result);
  const cold = new Set(result.cold_started);
  const daily = dailyMeans(result.final);
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

/** The rows of one grain of a version. */
interface GrainRows {
  readonly forecast_version: string;
  readonly bucket_grain: 'day' | 'week';
  readonly history: DemandHistory;
  readonly panel: Panel;
  readonly result: OriginResult;
  /** See `covariateUplift`; null = not known. */
  readonly uplift: Float32Array | null;
}

async function storeRows(
  sql: SqlClient,
  { forecast_version, bucket_grain, history, panel, result, uplift }: GrainRows,
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
