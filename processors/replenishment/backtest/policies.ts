import type { Forecast } from '../../../models/forecast/forecaster.ts';
import type { Panel } from '../../../models/forecast/panel.ts';
import {
  runInventory,
  type InventoryFigures,
  type InventoryPlan,
  type InventoryTerms,
  type OrderQuantity,
} from '../../../models/replenishment/inventory-run.ts';
import {
  forecastDemand,
  lostSalesOrder,
  pathLevels,
} from '../../../models/replenishment/lost-sales-order.ts';
import {
  criticalRatio,
  movingAverageLevel,
  naiveLevel,
  orderUpTo,
} from '../../../models/replenishment/order-levels.ts';
import { forecastOrigin } from '../../forecast/forecast-origin.ts';
import { DEFAULT_FORECASTER_IDS } from '../../forecast/forecasters.ts';
import { ForecastPool } from '../../forecast/worker-pool.ts';

export const POLICIES = {
  forecast:
    'orders what by our forecast costs least from its receipt to that of the next order, the lead time played with lost sales',
  'moving-average':
    'reorder point by the moving average of 13 periods and its normal safety stock, at the critical quantile over lead time and review',
  'naive-base-stock': 'orders up to what was sold in as many last periods as lead time and review have',
} as const;
export type PolicyId = keyof typeof POLICIES;

export interface PolicyBacktestOptions {
  readonly plan: InventoryPlan;
  readonly seed: number;
  readonly threads: number;
}

/** Plays each policy over the plan from the same stock; each forecast sees demand up to its origin only. */
export async function policyBacktest(
  panel: Panel,
  termsOf: (series: number) => InventoryTerms,
  options: PolicyBacktestOptions,
  on_origin: (origin: number) => void,
): Promise<Readonly<Record<PolicyId, InventoryFigures>>> {
  const { plan } = options;
  const coverOf = (series: number): number => termsOf(series).lead_time + plan.review;
  const ratioOf = (series: number): number => criticalRatio(termsOf(series), plan.review);
  let longest = plan.review;
  for (let series = 0; series < panel.series_count; series++) longest = Math.max(longest, coverOf(series));
  const forecasts = await rollingForecasts(panel, longest, options, on_origin);
  const levels = pathLevels(longest);
  const play = (order: OrderQuantity): InventoryFigures => runInventory(panel, plan, termsOf, order);
  return {
    forecast: play((series, origin, stock) => {
      const demand = forecastDemand(forecasts.get(origin) as Forecast, series, coverOf(series));
      return lostSalesOrder(demand, stock, termsOf(series), levels);
    }),
    'moving-average': play(
      orderUpTo((series, origin) =>
        movingAverageLevel(panel, series, origin, coverOf(series), ratioOf(series)),
      ),
    ),
    'naive-base-stock': play(
      orderUpTo((series, origin) => naiveLevel(panel, series, origin, coverOf(series))),
    ),
  };
}

/** A forecast of all series, in their order, `h` periods ahead of each origin from which orders are made. */
async function rollingForecasts(
  panel: Panel,
  h: number,
  { plan, seed, threads }: PolicyBacktestOptions,
  on_origin: (origin: number) => void,
): Promise<ReadonlyMap<number, Forecast>> {
  const end = plan.first + plan.periods;
  // The periods ahead have to be on the panel's axis for covariates of known future: orders near its end look beyond it.
  const longer = withRoom(panel, end - 1 + h);
  const forecasts = new Map<number, Forecast>();
  const pool = new ForecastPool(longer, threads);
  try {
    for (let origin = plan.first - 1; origin < end - 1; origin += plan.review) {
      const request = { origin, h, seed, forecasters: DEFAULT_FORECASTER_IDS };
      forecasts.set(origin, (await forecastOrigin(longer, pool, request)).final);
      on_origin(origin);
    }
  } finally {
    await pool.close();
  }
  return forecasts;
}

/** The panel with `periods` periods at least; demand and covariates of those added are missing. */
function withRoom(panel: Panel, periods: number): Panel {
  if (periods <= panel.periods) return panel;
  const longer = (values: Float32Array): Float32Array => {
    const rows = values.length / panel.periods;
    const all = new Float32Array(new SharedArrayBuffer(4 * rows * periods)).fill(Number.NaN);
    for (let row = 0; row < rows; row++)
      all.set(values.subarray(row * panel.periods, (row + 1) * panel.periods), row * periods);
    return all;
  };
  return {
    ...panel,
    periods,
    demand: longer(panel.demand),
    covariates: panel.covariates.map((one) => ({ ...one, values: longer(one.values) })),
  };
}
