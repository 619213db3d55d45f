import { AccuracySums, type Accuracy } from '../../../models/forecast/accuracy.ts';
import type { DemandClass } from '../../../models/forecast/selection/demand-class.ts';
import type { Panel } from '../../../models/forecast/panel.ts';
import { forecastOrigin, type OriginResult } from '../forecast-origin.ts';
import { ForecastPool } from '../worker-pool.ts';

export interface BacktestOptions {
  readonly h: number;
  /** Origins, ascending. */
  readonly origins: readonly number[];
  readonly seed: number;
  readonly forecasters: readonly string[];
  readonly threads: number;
}

export interface BacktestResult {
  /** Accuracy of the final choice and of each model, over all origins. */
  readonly accuracy: Readonly<Record<string, Accuracy>>;
  readonly origins: readonly {
    readonly origin: number;
    readonly choice: Readonly<Record<DemandClass, string>>;
    readonly cold_started: number;
    readonly held_out_origins: readonly number[];
    readonly time_ms: Readonly<Record<string, number>>;
    readonly accuracy: Accuracy;
  }[];
}

const FINAL = 'final';

/** Forecasts from each origin as if it were today, and compares with what came. `on_origin` gets each result once. */
export async function backtest(
  panel: Panel,
  options: BacktestOptions,
  on_origin: (result: OriginResult) => Promise<void>,
): Promise<BacktestResult> {
  const sums = new Map([FINAL, ...options.forecasters].map((id) => [id, new AccuracySums()]));
  const origins: BacktestResult['origins'][number][] = [];
  const pool = new ForecastPool(panel, options.threads);
  try {
    for (const origin of options.origins) {
      const result = await forecastOrigin(panel, pool, { ...options, origin });
      const own = new AccuracySums();
      own.add(panel, result.final);
      sums.get(FINAL)?.add(panel, result.final);
      for (const [id, forecast] of result.by_model) sums.get(id)?.add(panel, forecast);
      const { choice, cold_started, held_out_origins, time_ms } = result;
      origins.push({
        origin,
        choice,
        cold_started: cold_started.length,
        held_out_origins,
        time_ms,
        accuracy: own.result(),
      });
      await on_origin(result);
    }
  } finally {
    await pool.close();
  }
  return { accuracy: Object.fromEntries([...sums].map(([id, sum]) => [id, sum.result()])), origins };
}
