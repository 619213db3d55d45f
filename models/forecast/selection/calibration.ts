import { HEAD_COUNT, LEVELS, type Forecast } from '../forecaster.ts';
import { demandOf, type Panel } from '../panel.ts';

/**
 * How forecasts of one model are put right for one segment and part of the horizon, learned on held-out origins. A quantile q
 * becomes m + c · (q − m) around the median m; the median itself is multiplied.
 */
export interface Calibration {
  readonly median: number;
  /** c of p10, p90 and p95. */
  readonly spread: readonly [number, number, number];
}

export const NO_CALIBRATION: Calibration = { median: 1, spread: [1, 1, 1] };

/**
 * Share (in logarithms) of the learned correction that is made to quantiles which the model has learned itself: the fit before the
 * held-out origins knew less than the true one, and their few dates share their luck. On five panels of different shape half brings
 * p90 and p95 within 0.005 of their levels over several origins; all of it overshoots by up to 0.023, none falls short by 0.02.
 */
const LEARNED_SHARE = 0.5;

/** Points without which a segment is not calibrated by itself. */
export const CALIBRATION_POINTS_MIN = 400;
/** Parts that the horizon is calibrated in. */
const HORIZON_PARTS = 3;
/**
 * Coverage this far above its level is left alone: demand comes in whole units, so that the exact quantile covers more than its
 * level, and cutting it back would cost more than it mends.
 */
const COVERAGE_SLACK = 0.007;
const SPREAD_MIN = 0.4;
const SPREAD_MAX = 4;
/** Factors tried where the least pinball loss decides: 0.8, 0.825 … 1.2. */
const FACTORS = Array.from({ length: 17 }, (_, at) => 0.8 + 0.025 * at);

/** The part of the horizon, from 0, that a step (from 1) lies in. */
export function horizonPart(step: number, h: number): number {
  return Math.min(HORIZON_PARTS - 1, Math.floor(((step - 1) * HORIZON_PARTS) / h));
}

/** Held-out forecasts beside what came. */
export interface HeldOut {
  readonly points: number;
  /** HEAD_COUNT values for each point. */
  readonly values: Float32Array;
  readonly actual: Float32Array;
}

/** Which held-out forecasts to collect. */
export interface HeldOutChoice {
  readonly series: (series: number) => boolean;
  readonly step: (step: number) => boolean;
}

/** Collects the points of `forecasts` with known demand that are chosen. */
export function heldOut(panel: Panel, forecasts: readonly Forecast[], choice: HeldOutChoice): HeldOut {
  const parts = forecasts.map((forecast) => ({
    forecast,
    rows: Array.from(forecast.series.keys()).filter((index) =>
      choice.series(forecast.series[index] as number),
    ),
    steps: Array.from({ length: forecast.h }, (_, at) => at + 1).filter(choice.step),
  }));
  const room = parts.reduce((sum, { rows, steps }) => sum + rows.length * steps.length, 0);
  const values = new Float32Array(room * HEAD_COUNT);
  const actual = new Float32Array(room);
  let points = 0;
  for (const { forecast, rows, steps } of parts) {
    const { origin, h, series, values: all } = forecast;
    for (const index of rows) {
      const demand = demandOf(panel, series[index] as number);
      for (const step of steps) {
        const qty = demand[origin + step] ?? Number.NaN;
        if (Number.isNaN(qty)) continue;
        const at = (index * h + step - 1) * HEAD_COUNT;
        for (let head = 0; head < HEAD_COUNT; head++)
          values[points * HEAD_COUNT + head] = all[at + head] as number;
        actual[points++] = qty;
      }
    }
  }
  return {
    points,
    values: values.subarray(0, points * HEAD_COUNT),
    actual: actual.subarray(0, points),
  };
}

/**
 * Conformal recalibration (Romano, Patterson & Candès 2019, scaled): c is the empirical quantile, at the level, of the scores
 * (actual − m) ÷ (q − m), so that on exchangeable data the share of actuals at or below the new quantile is the level. p10 and
 * the median, which zeros may lie on, are scaled to the least pinball loss instead.
 */
export function learnCalibration(points: HeldOut): Calibration {
  const { values } = points;
  const at_zero = new Float64Array(points.points);
  const per_factor = new Float64Array(points.points);
  for (let point = 0; point < points.points; point++)
    per_factor[point] = values[point * HEAD_COUNT + 2] as number;
  const median = leastLoss(points, LEVELS[1], at_zero, per_factor);
  for (let point = 0; point < points.points; point++) {
    const raw_median = values[point * HEAD_COUNT + 2] as number;
    at_zero[point] = median * raw_median;
    per_factor[point] = (values[point * HEAD_COUNT + 1] as number) - raw_median;
  }
  const low = leastLoss(points, LEVELS[0], at_zero, per_factor);
  return {
    median,
    spread: [low, upperSpread(points, 3, LEVELS[2], median), upperSpread(points, 4, LEVELS[3], median)],
  };
}

/** The correction of quantiles that the model has learned itself: half of the way, and none of the median. */
export function softened({ spread }: Calibration): Calibration {
  const [low, high, highest] = spread;
  return { median: 1, spread: [low ** LEARNED_SHARE, high ** LEARNED_SHARE, highest ** LEARNED_SHARE] };
}

/** Puts a row of HEAD_COUNT values right in place; quantiles are kept from crossing and from falling below zero. */
export function calibrateRow(
  values: Float32Array,
  at: number,
  { median: factor, spread }: Calibration,
): void {
  const raw_median = values[at + 2] as number;
  const median = Math.max(0, factor * raw_median);
  const p10 = median - spread[0] * (raw_median - (values[at + 1] as number));
  const p90 = median + spread[1] * ((values[at + 3] as number) - raw_median);
  const p95 = median + spread[2] * ((values[at + 4] as number) - raw_median);
  values[at + 1] = Math.max(0, Math.min(p10, median));
  values[at + 2] = median;
  values[at + 3] = Math.max(median, p90);
  values[at + 4] = Math.max(median, p90, p95);
}

function upperSpread(
  { points, values, actual }: HeldOut,
  head: number,
  level: number,
  median: number,
): number {
  const scores = new Float64Array(points);
  for (let point = 0; point < points; point++) {
    const row = point * HEAD_COUNT;
    const raw_median = values[row + 2] as number;
    const spread = (values[row + head] as number) - raw_median;
    const above = (actual[point] as number) - median * raw_median;
    // Without a spread no c helps: above it is missed by every c, at or below it is covered by every c.
    const beyond = above > 1e-9 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    scores[point] = spread > 1e-9 ? above / spread : beyond;
  }
  scores.sort();
  const quantile = (share: number): number =>
    scores[Math.min(points - 1, Math.ceil((points + 1) * share) - 1)] ?? 1;
  const least = quantile(level);
  const most = quantile(Math.min(1, level + COVERAGE_SLACK));
  return Math.max(SPREAD_MIN, Math.min(SPREAD_MAX, Math.max(least, Math.min(1, most))));
}

/** The factor with the least pinball loss of `at_zero + factor × per_factor`, not below zero; the one nearest 1 among equals. */
function leastLoss(
  { points, actual }: HeldOut,
  level: number,
  at_zero: Float64Array,
  per_factor: Float64Array,
): number {
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (const factor of FACTORS) {
    let loss = 0;
    for (let point = 0; point < points; point++) {
      const forecast = Math.max(0, (at_zero[point] as number) + factor * (per_factor[point] as number));
      const short = (actual[point] as number) - forecast;
      loss += short > 0 ? level * short : (level - 1) * short;
    }
    const equal = Math.abs(loss - least) <= 1e-9 * Math.max(1, loss);
    if (equal ? Math.abs(factor - 1) < Math.abs(best - 1) : loss < least) best = factor;
    least = Math.min(least, loss);
  }
  return best;
}
