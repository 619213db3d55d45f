import {
  allSeries,
  HEAD_COUNT,
  LEVELS,
  type Forecast,
  type Forecaster,
  type ForecastRequest,
} from '../forecaster.ts';
import { demandOf, firstSale, type Panel } from '../panel.ts';

/**
 * The kernel of a method that looks at one series alone: writes the means of the steps 1 … h into `into`, from the demand since
 * the first sale up to the origin (at least one period, NaN = missing).
 */
export type LocalKernel = (history: Float32Array, season_length: number, into: Float32Array) => void;

/** Normal quantiles of the forecast levels: 0.1, 0.5, 0.9, 0.95. */
const NORMAL = [-1.2815516, 0, 1.2815516, 1.6448536] as const;
/** Seasons (of days: weeks) that the spread of a series is measured over. */
const SPREAD_SEASONS = 16;
const SPREAD_PERIODS_MIN = 26;

/**
 * A method of each series by itself behind the common interface. It has nothing to learn in `fit`. Its quantiles are its mean
 * ± the series' own spread by the normal law, not below zero: a first guess, which recalibration puts right. A series that
 * never sold is forecast 0.
 */
export function localForecaster(id: string, kernel: LocalKernel): Forecaster<null> {
  return {
    id,
    learns_quantiles: false,
    fit: () => null,
    forecast: (panel, _, request) => forecastEach(panel, request, kernel),
  };
}

function forecastEach(panel: Panel, request: ForecastRequest, kernel: LocalKernel): Forecast {
  const { origin, h } = request;
  const series = request.series ?? allSeries(panel);
  const values = new Float32Array(series.length * h * HEAD_COUNT);
  const means = new Float32Array(h);
  for (const [index, one] of series.entries()) {
    const demand = demandOf(panel, one);
    const first = firstSale(demand, origin + 1);
    if (first < 0) continue;
    const history = demand.subarray(first, origin + 1);
    kernel(history, Math.max(1, panel.season_length), means);
    const spread = deviation(history, Math.max(SPREAD_PERIODS_MIN, SPREAD_SEASONS * panel.season_length));
    for (let step = 0; step < h; step++) {
      const at = (index * h + step) * HEAD_COUNT;
      const mean = Math.max(0, means[step] as number);
      values[at] = mean;
      for (let head = 0; head < LEVELS.length; head++)
        values[at + 1 + head] = Math.max(0, mean + (NORMAL[head] as number) * spread);
    }
  }
  return { origin, h, series, values };
}

/** Standard deviation of the known periods among the last `window`. */
function deviation(history: Float32Array, window: number): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let t = Math.max(0, history.length - window); t < history.length; t++) {
    const qty = history[t] as number;
    if (Number.isNaN(qty)) continue;
    count++;
    sum += qty;
    squares += qty * qty;
  }
  if (count === 0) return 0;
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}
