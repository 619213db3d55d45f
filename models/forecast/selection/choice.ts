import { HEAD_COUNT, LEVELS, type Forecast } from '../forecaster.ts';
import { demandOf, type Panel } from '../panel.ts';
import { DEMAND_CLASSES, type DemandClass } from './demand-class.ts';
import type { Segments } from './segments.ts';

/** Share by which a model has to be better than the preferred one: less is the luck of the held-out origins. */
export const CHOICE_MARGIN = 0.02;

/** Held-out points below which a class is not judged by itself. */
const POINTS_MIN = 300;

/**
 * Loss of a model on each class over forecasts of held-out origins, ÷ what was sold: half the absolute error of the mean (totals),
 * half the mean weighted quantile loss (stock). A class that sold nothing there or has too few points takes the loss over all
 * classes; null where even these are too few.
 */
export function lossByClass(
  panel: Panel,
  forecasts: readonly Forecast[],
  segments: Segments,
): (number | null)[] {
  const loss = new Float64Array(DEMAND_CLASSES.length);
  const sold = new Float64Array(DEMAND_CLASSES.length);
  const points = new Float64Array(DEMAND_CLASSES.length);
  for (const { origin, h, series, values } of forecasts)
    series.forEach((one, index) => {
      const segment = segments[one] as number;
      const demand = demandOf(panel, one);
      for (let step = 1; step <= h; step++) {
        const actual = demand[origin + step] ?? Number.NaN;
        if (Number.isNaN(actual)) continue;
        (loss[segment] as number) += rowLoss(values, (index * h + step - 1) * HEAD_COUNT, actual);
        (sold[segment] as number) += actual;
        (points[segment] as number)++;
      }
    });
  const judged = (sum: number, quantity: number, count: number): number | null =>
    quantity > 0 && count >= POINTS_MIN ? sum / quantity : null;
  const of_all = judged(sumOf(loss), sumOf(sold), sumOf(points));
  return Array.from(
    loss,
    (sum, segment) => judged(sum, sold[segment] as number, points[segment] as number) ?? of_all,
  );
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function rowLoss(values: Float32Array, at: number, actual: number): number {
  let quantiles = 0;
  for (let head = 0; head < LEVELS.length; head++) {
    const short = actual - (values[at + 1 + head] as number);
    quantiles += 2 * (short > 0 ? (LEVELS[head] as number) * short : ((LEVELS[head] as number) - 1) * short);
  }
  return 0.5 * Math.abs(actual - (values[at] as number)) + (0.5 * quantiles) / LEVELS.length;
}

/** The model of each class: the preferred one, unless another lost less by more than CHOICE_MARGIN. */
export function chooseModels(
  losses: ReadonlyMap<string, readonly (number | null)[]>,
  preferred: string,
): Readonly<Record<DemandClass, string>> {
  const choice = DEMAND_CLASSES.map((name, segment): [DemandClass, string] => {
    let best = preferred;
    let least = (losses.get(preferred)?.[segment] ?? Number.POSITIVE_INFINITY) * (1 - CHOICE_MARGIN);
    for (const [id, by_segment] of losses) {
      const loss = by_segment[segment] ?? null;
      if (id === preferred || loss === null || loss >= least) continue;
      best = id;
      least = loss;
    }
    return [name, best];
  });
  return Object.fromEntries(choice) as Record<DemandClass, string>;
}
