import type { Panel } from '../../../models/forecast/panel.ts';
import type { Forecast } from '../../../models/forecast/forecaster.ts';
import { FORECASTERS, NAIVE } from '../../../models/forecast/registry.ts';
import { covariateUplift } from '../covariate-uplift.ts';
import { forecastOrigin, type OriginResult } from '../forecast-origin.ts';
import { ForecastPool } from '../worker-pool.ts';
import { dailyPanel, dropAbsurd, weeklyPanel, type AbsurdDay } from './demand-panel.ts';
import type { DemandHistory } from './history.ts';
import { PROMO } from './known-future.ts';
import { takeUpChance } from './take-up-chance.ts';
import {
  seriesAccuracy,
  versionAccuracy,
  type SeriesAccuracy,
  type VersionAccuracy,
} from './version-accuracy.ts';

/** How far a version looks ahead (domain: "dealer × SKU × day, 28 days and 12 weeks ahead"). */
export const DAYS_AHEAD = 28;
export const WEEKS_AHEAD = 12;

const FORECASTER_IDS = FORECASTERS.map(({ id }) => id);

/** How a version is forecast. */
export interface ForecastOptions {
  readonly seed: number;
  readonly threads: number;
  /** Told what is being done. */
  readonly tell: (step: string) => void;
}

/** The days of a version. */
export interface DayForecasts {
  readonly panel: Panel;
  /** Days of the history. */
  readonly known: number;
  readonly result: OriginResult;
  /** Demand that was taken as missing. */
  readonly absurd: readonly AbsurdDay[];
  /** See `covariateUplift`; null = not known. */
  readonly uplift: Float32Array | null;
  /** One horizon before; null when the history is too short. */
  readonly accuracy: VersionAccuracy | null;
}

/** The weeks of a version. */
export interface WeekForecasts {
  readonly panel: Panel;
  readonly result: OriginResult;
  /** Of each series, one horizon before; null when the history is too short. */
  readonly accuracy: readonly SeriesAccuracy[] | null;
}

/** Forecasts the days behind a history, and backtests them. */
export async function forecastDays(
  history: DemandHistory,
  { seed, threads, tell }: ForecastOptions,
): Promise<DayForecasts> {
  const known = history.last_day - history.first_day + 1;
  tell(`forecasting ${history.series.length} series, ${known} days known, ${DAYS_AHEAD} days ahead`);
  const panel = dailyPanel(history, DAYS_AHEAD);
  const absurd = dropAbsurd(panel);
  const request = { h: DAYS_AHEAD, seed, forecasters: FORECASTER_IDS };
  const pool = new ForecastPool(panel, threads);
  try {
    const origin = known - 1;
    const chance = takeUpChance(history, panel, { origin, h: DAYS_AHEAD });
    const result = await forecastOrigin(panel, pool, { ...request, origin, chance });
    const promo = panel.covariates.find(({ name }) => name === PROMO);
    // Where no promotion was ever told, how much they add is not 0 but unknown.
    const isTold = promo !== undefined && history.promotions.length > 0;
    const uplift = isTold ? await covariateUplift(panel, pool, result, promo) : null;
    const forecasts = { panel, known, result, absurd, uplift };
    if (known <= 2 * DAYS_AHEAD) return { ...forecasts, accuracy: null };
    tell(`backtesting the ${DAYS_AHEAD} days before`);
    const past = await forecastOrigin(panel, pool, { ...request, origin: origin - DAYS_AHEAD });
    return { ...forecasts, accuracy: accuracyOf(panel, past) };
  } finally {
    await pool.close();
  }
}

/** Forecasts the weeks behind a history, and backtests them. Null when no whole week is known. @param daily of the same history */
export async function forecastWeeks(
  history: DemandHistory,
  daily: Panel,
  { seed, threads, tell }: ForecastOptions,
): Promise<WeekForecasts | null> {
  const weeks = Math.floor((history.last_day - history.first_day + 1) / 7);
  if (weeks === 0) return null;
  tell(`forecasting ${WEEKS_AHEAD} weeks ahead`);
  const panel = weeklyPanel(history, daily, WEEKS_AHEAD);
  const request = { h: WEEKS_AHEAD, seed, forecasters: FORECASTER_IDS };
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

/** What the naive forecast of the same origin says. */
export function naiveOf(result: OriginResult): Forecast {
  const naive = result.by_model.get(NAIVE);
  if (naive === undefined) throw new Error(`${NAIVE} was not forecast`);
  return naive;
}

function accuracyOf(panel: Panel, past: OriginResult): VersionAccuracy {
  const codesOf = (name: string): Int32Array =>
    panel.statics.find((column) => column.name === name)?.codes ?? new Int32Array(panel.series_count);
  return versionAccuracy(panel, past.final, naiveOf(past), {
    dealer: codesOf('dealer'),
    category: codesOf('category'),
  });
}
