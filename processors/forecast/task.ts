import type { Forecast } from '../../models/forecast/forecaster.ts';
import { withoutCovariate, type Panel } from '../../models/forecast/panel.ts';
import { loadForecaster } from './forecasters.ts';

/** Work for a thread: fit a method, forecast with what it learned, or both. Everything in it can be sent between threads. */
export interface ForecastTask {
  readonly forecaster: string;
  /** Null: `model` is given. */
  readonly fit: { readonly origin: number; readonly h: number; readonly seed: number } | null;
  readonly model?: unknown;
  readonly forecasts: readonly {
    readonly origin: number;
    readonly h: number;
    readonly series: Int32Array;
    /** Name of a covariate of which nothing is to come: the forecast as it would be without it. */
    readonly without?: string;
  }[];
}

export interface ForecastTaskResult {
  readonly model: unknown;
  readonly forecasts: readonly Forecast[];
  readonly learns_quantiles: boolean;
  readonly fit_ms: number;
  readonly forecast_ms: number;
}

/** Does a task on a panel. The same task gives the same result in any thread. */
export async function runTask(panel: Panel, task: ForecastTask): Promise<ForecastTaskResult> {
  const forecaster = await loadForecaster(task.forecaster);
  const started = performance.now();
  const model = task.fit === null ? task.model : forecaster.fit(panel, task.fit);
  const fitted = performance.now();
  const forecasts = task.forecasts.map(({ without, ...request }) => {
    const seen = without === undefined ? panel : withoutCovariate(panel, without, request.origin);
    return forecaster.forecast(seen, model, request);
  });
  const { learns_quantiles } = forecaster;
  return {
    model,
    forecasts,
    learns_quantiles,
    fit_ms: fitted - started,
    forecast_ms: performance.now() - fitted,
  };
}
