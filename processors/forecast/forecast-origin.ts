import { coldStart, type ColdStartRequest } from '../../models/forecast/cold-start.ts';
import { allSeries, HEAD_COUNT, type Forecast } from '../../models/forecast/forecaster.ts';
import { demandOf, firstSale, type Panel } from '../../models/forecast/panel.ts';
import { PREFERRED } from '../../models/forecast/registry.ts';
import {
  choiceMargin,
  chooseModels,
  levelled,
  lossByClass,
  type HeldOutLosses,
} from '../../models/forecast/selection/choice.ts';
import { DEMAND_CLASSES, type DemandClass } from '../../models/forecast/selection/demand-class.ts';
import {
  heldOutPlan,
  knowsLess,
  sampleSeries,
  type HeldOutPlan,
} from '../../models/forecast/selection/held-out-plan.ts';
import {
  calibrate,
  learnCalibrations,
  segmentsAt,
  type Segments,
} from '../../models/forecast/selection/segments.ts';
import type { ForecastTaskResult } from './task.ts';
import type { ForecastPool } from './worker-pool.ts';

export interface OriginRequest {
  readonly origin: number;
  readonly h: number;
  readonly seed: number;
  /** Methods to run; the preferred one first. */
  readonly forecasters: readonly string[];
  /** Chance that a series without demand begins within the horizon (`coldStart`). Default: it is known to begin. */
  readonly chance?: ColdStartRequest['chance'];
}

export interface OriginResult {
  /** The chosen model of each series, calibrated; cold starts in place. */
  readonly final: Forecast;
  /** Each method by itself, calibrated. */
  readonly by_model: ReadonlyMap<string, Forecast>;
  readonly choice: Readonly<Record<DemandClass, string>>;
  /** Class of each series, as an index into DEMAND_CLASSES. */
  readonly segments: Segments;
  /** What each method has learned, for further forecasts from the same origin. */
  readonly models: ReadonlyMap<string, unknown>;
  /** Series without any demand before the origin that were forecast like launches of their kind. */
  readonly cold_started: Int32Array;
  /** Held-out origins that choice and calibration rest on; none when the history is too short. */
  readonly held_out_origins: readonly number[];
  /** Wall time by stage. */
  readonly time_ms: Readonly<Record<string, number>>;
}

/** Series whose held-out forecasts are made; more would tell a class's calibration no better. */
const HELD_OUT_SERIES_MAX = 4000;
/** Series that one task forecasts at most. */
export const SERIES_PER_TASK = 10_000;

/**
 * Forecasts a panel from one origin, end to end: each method is fitted before the held-out origins and forecasts them, which says
 * how to calibrate it and where to choose it; and is fitted anew on all demand up to the origin. The fits go to threads side by side.
 */
export async function forecastOrigin(
  panel: Panel,
  pool: ForecastPool,
  request: OriginRequest,
): Promise<OriginResult> {
  const { origin, h, forecasters } = request;
  const started = performance.now();
  const plan = heldOutPlan(origin, h);
  const series = allSeries(panel);
  const held_out_runs = forecasters.map((id) =>
    plan === null ? Promise.resolve(null) : heldOutRun(panel, pool, request, plan, id),
  );
  const final_runs = forecasters.map((id) => finalRun(pool, request, series, id));
  const segments = segmentsAt(panel, origin);
  const held_out_segments = plan === null ? segments : segmentsAt(panel, plan.fit_origin);
  const held_out = await Promise.all(held_out_runs);
  const finals = await Promise.all(final_runs);
  const modelled = performance.now();
  const losses = new Map<string, HeldOutLosses>();
  const comparable = plan !== null && !knowsLess(panel, plan.fit_origin, origin);
  const by_model = new Map<string, Forecast>();
  forecasters.forEach((id, at) => {
    const { forecast } = finals[at] as FinalRun;
    const past = held_out[at]?.forecasts ?? [];
    const calibrations = learnCalibrations(panel, past, held_out_segments, {
      h,
      learns_quantiles: held_out[at]?.learns_quantiles ?? false,
    });
    for (const one of past) calibrate(one, held_out_segments, calibrations);
    calibrate(forecast, segments, calibrations);
    if (comparable) {
      const level = past.map((one) => levelled(panel, one, held_out_segments));
      losses.set(id, {
        as_they_are: lossByClass(panel, past, held_out_segments),
        levelled: lossByClass(panel, level, held_out_segments),
      });
    }
    by_model.set(id, forecast);
  });
  const preferred = forecasters.includes(PREFERRED) ? PREFERRED : (forecasters[0] ?? PREFERRED);
  const choice = chooseModels(losses, preferred, choiceMargin(plan?.fit_origin ?? origin, origin));
  const final = chosen(by_model, choice, segments, series, request);
  const cold_started = startCold(panel, final, request);
  return {
    final,
    by_model,
    choice,
    segments,
    models: new Map(forecasters.map((id, at) => [id, finals[at]?.model])),
    cold_started,
    held_out_origins: plan?.origins ?? [],
    time_ms: {
      ...Object.fromEntries(
        forecasters.flatMap((id, at) => [
          [`${id}: held-out fit and forecasts`, sumMs(held_out[at] ?? null)],
          [`${id}: fit`, finals[at]?.fit_ms ?? 0],
          [`${id}: forecast`, finals[at]?.forecast_ms ?? 0],
        ]),
      ),
      'all models (wall)': modelled - started,
      'calibration and choice': performance.now() - modelled,
      total: performance.now() - started,
    },
  };
}

function heldOutRun(
  panel: Panel,
  pool: ForecastPool,
  { h, seed }: OriginRequest,
  { fit_origin, origins }: HeldOutPlan,
  forecaster: string,
): Promise<ForecastTaskResult> {
  const series = sampleSeries(panel.series_count, HELD_OUT_SERIES_MAX);
  return pool.run({
    forecaster,
    fit: { origin: fit_origin, h, seed },
    forecasts: origins.map((origin) => ({ origin, h, series })),
  });
}

interface FinalRun {
  readonly forecast: Forecast;
  readonly model: unknown;
  readonly fit_ms: number;
  readonly forecast_ms: number;
}

/** Fits on all demand up to the origin, then forecasts; of many series in parts, so that all threads take part. */
async function finalRun(
  pool: ForecastPool,
  { origin, h, seed }: OriginRequest,
  series: Int32Array,
  forecaster: string,
): Promise<FinalRun> {
  const whole = series.length <= SERIES_PER_TASK;
  const first = await pool.run({
    forecaster,
    fit: { origin, h, seed },
    forecasts: whole ? [{ origin, h, series }] : [],
  });
  if (whole) {
    const [forecast] = first.forecasts as [Forecast];
    return { forecast, model: first.model, fit_ms: first.fit_ms, forecast_ms: first.forecast_ms };
  }
  const values = new Float32Array(series.length * h * HEAD_COUNT);
  let forecast_ms = 0;
  const parts: Promise<void>[] = [];
  for (let from = 0; from < series.length; from += SERIES_PER_TASK) {
    const part = series.subarray(from, from + SERIES_PER_TASK).slice();
    const run = pool.run({
      forecaster,
      fit: null,
      model: first.model,
      forecasts: [{ origin, h, series: part }],
    });
    parts.push(
      run.then(({ forecasts: [forecast], forecast_ms: own_ms }) => {
        forecast_ms += own_ms;
        if (forecast !== undefined) values.set(forecast.values, from * h * HEAD_COUNT);
      }),
    );
  }
  await Promise.all(parts);
  return {
    forecast: { origin, h, series, values },
    model: first.model,
    fit_ms: first.fit_ms,
    forecast_ms,
  };
}

function sumMs(result: ForecastTaskResult | null): number {
  return result === null ? 0 : result.fit_ms + result.forecast_ms;
}

/** Each series' rows from the model that its class chose. */
function chosen(
  by_model: ReadonlyMap<string, Forecast>,
  choice: Readonly<Record<DemandClass, string>>,
  segments: Segments,
  series: Int32Array,
  { origin, h }: OriginRequest,
): Forecast {
  const values = new Float32Array(series.length * h * HEAD_COUNT);
  const length = h * HEAD_COUNT;
  const sources = DEMAND_CLASSES.map((name) => by_model.get(choice[name])?.values ?? values);
  series.forEach((one, index) => {
    const source = sources[segments[one] as number] as Float32Array;
    values.set(source.subarray(index * length, (index + 1) * length), index * length);
  });
  return { origin, h, series, values };
}

/** Replaces the forecasts of series without any known demand up to the origin; returns which. */
function startCold(panel: Panel, forecast: Forecast, { chance }: OriginRequest): Int32Array {
  const { origin, h, series, values } = forecast;
  const cold = series.filter((one) => isUnseen(demandOf(panel, one), origin));
  const started = coldStart(panel, { origin, h, series: cold, ...(chance && { chance }) });
  const length = h * HEAD_COUNT;
  const row_of = new Map(Array.from(series, (one, index) => [one, index]));
  cold.forEach((one, index) => {
    values.set(
      started.values.subarray(index * length, (index + 1) * length),
      (row_of.get(one) ?? 0) * length,
    );
  });
  return cold;
}

function isUnseen(demand: Float32Array, origin: number): boolean {
  if (firstSale(demand, origin + 1) >= 0) return false;
  for (let t = 0; t <= origin; t++) if (!Number.isNaN(demand[t])) return false;
  return true;
}
