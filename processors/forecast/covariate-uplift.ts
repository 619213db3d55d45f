import { HEAD_COUNT } from '../../models/forecast/forecaster.ts';
import { covariateOf, type Covariate, type Panel } from '../../models/forecast/panel.ts';
import { DEMAND_CLASSES } from '../../models/forecast/selection/demand-class.ts';
import { SERIES_PER_TASK, type OriginResult } from './forecast-origin.ts';
import type { ForecastPool } from './worker-pool.ts';

/**
 * What a covariate (promotions) that is to come adds to the means of a forecast: each mean less that which the same model expects when
 * nothing of it is to come. series × h, in the order of the forecast's rows; 0 where nothing of it is to come, NaN for a cold start, which no
 * model has seen. Only series of which something is to come are forecast once more. May be below 0: a model has learned what it has.
 */
export async function covariateUplift(
  panel: Panel,
  pool: ForecastPool,
  forecast: Pick<OriginResult, 'final' | 'models' | 'choice' | 'segments' | 'cold_started'>,
  covariate: Covariate,
): Promise<Float32Array> {
  const { final, models, choice, segments, cold_started } = forecast;
  const { origin, h, series, values } = final;
  const uplift = new Float32Array(series.length * h);
  const cold = new Set(cold_started);
  const rows_of = new Map<string, number[]>();
  series.forEach((one, row) => {
    if (cold.has(one)) {
      uplift.fill(Number.NaN, row * h, (row + 1) * h);
      return;
    }
    const ahead = covariateOf(panel, covariate, one).subarray(origin + 1, origin + 1 + h);
    if (!ahead.some((value) => value !== 0 && !Number.isNaN(value))) return;
    const model = choice[DEMAND_CLASSES[segments[one] ?? 0] ?? DEMAND_CLASSES[0]];
    const rows = rows_of.get(model);
    if (rows === undefined) rows_of.set(model, [row]);
    else rows.push(row);
  });
  const runs: Promise<void>[] = [];
  for (const [forecaster, all] of rows_of) {
    for (let from = 0; from < all.length; from += SERIES_PER_TASK) {
      const rows = all.slice(from, from + SERIES_PER_TASK);
      const wanted = Int32Array.from(rows, (row) => series[row] as number);
      const run = pool.run({
        ...{ forecaster, fit: null, model: models.get(forecaster) },
        forecasts: [{ origin, h, series: wanted, without: covariate.name }],
      });
      runs.push(
        run.then(({ forecasts: [without] }) => {
          rows.forEach((row, at) => {
            for (let step = 0; step < h; step++) {
              const mean = values[(row * h + step) * HEAD_COUNT] as number;
              uplift[row * h + step] = mean - (without?.values[(at * h + step) * HEAD_COUNT] ?? Number.NaN);
            }
          });
        }),
      );
    }
  }
  await Promise.all(runs);
  return uplift;
}
