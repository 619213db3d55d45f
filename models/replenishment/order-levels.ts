import { demandOf, type Panel } from '../forecast/panel.ts';
import { normalQuantile } from './demand-sum.ts';
import type { OrderQuantity } from './inventory-run.ts';

/** Periods of the moving average. */
const WINDOW = 13;

/**
 * The chance of no shortage that costs least: shortage ÷ (shortage + holding × review), the newsvendor's critical ratio; kept off 0 and 1.
 * A unit too many lies there for all periods of a review, a missing one is lost once.
 */
export function criticalRatio(
  terms: { readonly holding_cost: number; readonly shortage_cost: number },
  review: number,
): number {
  const holding_cost = terms.holding_cost * review;
  const { shortage_cost } = terms;
  if (holding_cost + shortage_cost <= 0) return 0.5;
  return Math.min(0.999, Math.max(0.001, shortage_cost / (shortage_cost + holding_cost)));
}

/** Orders what is missing of a level, in whole units: stock on hand and all that is under way are filled up to it. */
export function orderUpTo(levelOf: (series: number, origin: number) => number): OrderQuantity {
  return (series, origin, { on_hand, arriving }) => {
    const position = arriving.reduce((sum, units) => sum + units, on_hand);
    return Math.max(0, Math.ceil(Number((levelOf(series, origin) - position).toFixed(6))));
  };
}

/** The plain reorder point: m·n + z·s·√n of the last 13 known periods (mean m, deviation s), for a cover of n periods. */
export function movingAverageLevel(
  panel: Panel,
  series: number,
  origin: number,
  periods: number,
  ratio: number,
): number {
  const known = lastKnown(panel, series, origin, WINDOW);
  if (known.length === 0) return 0;
  const mean = known.reduce((sum, qty) => sum + qty, 0) / known.length;
  const variance = known.reduce((sum, qty) => sum + (qty - mean) ** 2, 0) / known.length;
  return Math.max(0, mean * periods + normalQuantile(ratio) * Math.sqrt(variance * periods));
}

/** The naive base-stock: what was sold in the last n known periods will be sold in the next n. */
export function naiveLevel(panel: Panel, series: number, origin: number, periods: number): number {
  return lastKnown(panel, series, origin, periods).reduce((sum, qty) => sum + qty, 0);
}

function lastKnown(panel: Panel, series: number, origin: number, count: number): Float32Array {
  return demandOf(panel, series)
    .subarray(0, origin + 1)
    .filter((qty) => !Number.isNaN(qty))
    .slice(-count);
}
