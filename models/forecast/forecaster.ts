import type { Panel } from './panel.ts';

/** The quantiles that every model forecasts. */
export const LEVELS = [0.1, 0.5, 0.9, 0.95] as const;

/** The columns of a forecast: the mean, for totals, and the quantiles, for stock. */
export const HEADS = ['mean', 'p10', 'p50', 'p90', 'p95'] as const;
export const HEAD_COUNT = HEADS.length;

/**
 * Forecasts of series of a panel from one origin. Step k of the i-th series stands in row `i * h + k − 1`; a row has HEAD_COUNT
 * values in the order of HEADS. Values are finite and ≥ 0; quantiles do not cross.
 */
export interface Forecast {
  /** The last period whose demand was known; the first period forecast is `origin + 1`. */
  readonly origin: number;
  readonly h: number;
  /** The series that are forecast, in the order of rows. */
  readonly series: Int32Array;
  readonly values: Float32Array;
}

/** The numbers of all series of a panel. */
export function allSeries({ series_count }: Panel): Int32Array {
  return Int32Array.from({ length: series_count }, (_, series) => series);
}

/**
 * A forecasting method. `fit` looks at demand up to its origin only, at covariates of known future beyond it. What it learned is
 * plain data (typed arrays, numbers), so that one thread can fit and others forecast. The origin of a forecast may be later
 * than that of the fit: newer demand is then input, but taught nothing. Same input and seed, same bits.
 */
export interface Forecaster<Model = unknown> {
  readonly id: string;
  /** Whether it learns its quantiles from the panel; else they are a first guess around the mean. */
  readonly learns_quantiles: boolean;
  fit(panel: Panel, options: FitOptions): Model;
  forecast(panel: Panel, model: Model, request: ForecastRequest): Forecast;
}

export interface FitOptions {
  /** The last period whose demand may be looked at. */
  readonly origin: number;
  /** Periods ahead that the fitted model has to reach. */
  readonly h: number;
  readonly seed: number;
}

export interface ForecastRequest {
  readonly origin: number;
  readonly h: number;
  /** The series to forecast, in the order of the forecast's rows; all unless given. */
  readonly series?: Int32Array;
}
