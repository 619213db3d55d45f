import { HEAD_COUNT, LEVELS, type Forecast } from '../forecaster.ts';
import { demandOf, type Panel } from '../panel.ts';
import { DEMAND_CLASSES, type DemandClass } from './demand-class.ts';
import type { Segments } from './segments.ts';

/** Share by which a model has to be better than the preferred one at least: less is the luck of the held-out origins. */
const CHOICE_MARGIN = 0.02;
/** What is added to it for each part of the history that the held-out fit did not see: the preferred model learns from all of it, others do not. */
const UNSEEN_MARGIN = 0.5;

/** The margin of a choice at `origin` that rests on a fit at `fit_origin`. */
export function choiceMargin(fit_origin: number, origin: number): number {
  return CHOICE_MARGIN + UNSEEN_MARGIN * (1 - (fit_origin + 1) / (origin + 1));
}

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

/**
 * A forecast of a held-out origin, multiplied by class so that the total of its means is what was sold. All series share a horizon's luck:
 * a holiday moved, a good autumn. Which model's level met it says nothing of the next horizon; what is left is how it spreads the total.
 */
export function levelled(panel: Panel, forecast: Forecast, segments: Segments): Forecast {
  const { origin, h, series } = forecast;
  const sold = new Float64Array(DEMAND_CLASSES.length);
  const expected = new Float64Array(DEMAND_CLASSES.length);
  series.forEach((one, index) => {
    const demand = demandOf(panel, one);
    const segment = segments[one] as number;
    for (let step = 1; step <= h; step++) {
      const actual = demand[origin + step] ?? Number.NaN;
      if (Number.isNaN(actual)) continue;
      (sold[segment] as number) += actual;
      (expected[segment] as number) += forecast.values[(index * h + step - 1) * HEAD_COUNT] as number;
    }
  });
  const factor = expected.map((sum, segment) => {
    const total = sold[segment] as number;
    return sum > 0 && total > 0 ? total / sum : 1;
  });
  const length = h * HEAD_COUNT;
  const values = forecast.values.map(
    (value, at) => value * (factor[segments[series[Math.floor(at / length)] as number] as number] as number),
  );
  return { ...forecast, values };
}

/** Losses of each model by class, of its held-out forecasts as they are and levelled. */
export interface HeldOutLosses {
  readonly as_they_are: readonly (number | null)[];
  readonly levelled: readonly (number | null)[];
}

/** The model of each class: the preferred one, unless another lost less by more than `margin`, and not by its level's luck alone. */
export function chooseModels(
  losses: ReadonlyMap<string, HeldOutLosses>,
  preferred: string,
  margin: number,
): Readonly<Record<DemandClass, string>> {
  const choice = DEMAND_CLASSES.map((name, segment): [DemandClass, string] => {
    const bound = (of: readonly (number | null)[] | undefined): number =>
      (of?.[segment] ?? Number.POSITIVE_INFINITY) * (1 - margin);
    const own = losses.get(preferred);
    const levelled_bound = bound(own?.levelled);
    let best = preferred;
    let least = bound(own?.as_they_are);
    for (const [id, { as_they_are, levelled: beside }] of losses) {
      const loss = as_they_are[segment] ?? null;
      if (id === preferred || loss === null || loss >= least) continue;
      if ((beside[segment] ?? Number.POSITIVE_INFINITY) >= levelled_bound) continue;
      best = id;
      least = loss;
    }
    return [name, best];
  });
  return Object.fromEntries(choice) as Record<DemandClass, string>;
}
