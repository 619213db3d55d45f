import { HEAD_COUNT, LEVELS, type Forecast } from './forecaster.ts';
import { demandOf, firstSale, type Panel } from './panel.ts';

/** Accuracy over all (series, period) whose demand is known. Ratios; null when undefined (nothing sold, nothing known). */
export interface Accuracy {
  /** Number of (series, origin, step) compared. */
  readonly points: number;
  /** Σ|A − F| ÷ ΣA of the mean. */
  readonly wape: number | null;
  /** Σ|A − F| ÷ ΣA of the median. */
  readonly wape_median: number | null;
  /** Σ(F − A) ÷ ΣA of the mean. */
  readonly bias: number | null;
  /** Mean over series of √(mean squared error ÷ mean squared step of the history) (M5). */
  readonly rmsse: number | null;
  /** Mean over series of mean absolute error of the median ÷ mean absolute seasonal step of the history (Hyndman 2006). */
  readonly mase: number | null;
  /** 2 Σ pinball ÷ ΣA by level. */
  readonly wql: readonly (number | null)[];
  /** Share of A ≤ F by level. */
  readonly coverage: readonly (number | null)[];
}

/** Accumulates forecasts of any number of origins. */
export class AccuracySums {
  #points = 0;
  #sold = 0;
  #absolute = 0;
  #absolute_median = 0;
  #signed = 0;
  readonly #pinball = new Float64Array(LEVELS.length);
  readonly #covered = new Float64Array(LEVELS.length);
  #rmsse_sum = 0;
  #rmsse_series = 0;
  #mase_sum = 0;
  #mase_series = 0;

  add(panel: Panel, forecast: Forecast): void {
    forecast.series.forEach((series, index) => {
      this.#addSeries(panel, forecast, series, index);
    });
  }

  #addSeries(panel: Panel, { origin, h, values }: Forecast, series: number, index: number): void {
    const demand = demandOf(panel, series);
    let squared = 0;
    let absolute = 0;
    let known = 0;
    for (let step = 1; step <= h; step++) {
      const actual = demand[origin + step] ?? Number.NaN;
      if (Number.isNaN(actual)) continue;
      const at = (index * h + step - 1) * HEAD_COUNT;
      const error = (values[at] as number) - actual;
      const median_error = Math.abs((values[at + 2] as number) - actual);
      known++;
      this.#sold += actual;
      this.#signed += error;
      this.#absolute += Math.abs(error);
      this.#absolute_median += median_error;
      squared += error * error;
      absolute += median_error;
      LEVELS.forEach((level, head) => {
        const short = actual - (values[at + 1 + head] as number);
        (this.#pinball[head] as number) += short > 0 ? level * short : (level - 1) * short;
        (this.#covered[head] as number) += short <= 0 ? 1 : 0;
      });
    }
    this.#points += known;
    if (known === 0) return;
    const steps = historySteps(demand, origin, panel.season_length);
    if (steps.squared > 0) {
      this.#rmsse_sum += Math.sqrt(squared / known / steps.squared);
      this.#rmsse_series++;
    }
    if (steps.seasonal > 0) {
      this.#mase_sum += absolute / known / steps.seasonal;
      this.#mase_series++;
    }
  }

  result(): Accuracy {
    const share = (sum: number, of: number): number | null => (of > 0 ? sum / of : null);
    return {
      points: this.#points,
      wape: share(this.#absolute, this.#sold),
      wape_median: share(this.#absolute_median, this.#sold),
      bias: share(this.#signed, this.#sold),
      rmsse: share(this.#rmsse_sum, this.#rmsse_series),
      mase: share(this.#mase_sum, this.#mase_series),
      wql: Array.from(this.#pinball, (sum) => share(2 * sum, this.#sold)),
      coverage: Array.from(this.#covered, (sum) => share(sum, this.#points)),
    };
  }
}

/** Mean squared step and mean absolute seasonal step of the history from the first sale to the origin; 0 when unknown. */
function historySteps(
  demand: Float32Array,
  origin: number,
  season_length: number,
): { squared: number; seasonal: number } {
  const first = firstSale(demand, origin + 1);
  if (first < 0) return { squared: 0, seasonal: 0 };
  const step = (lag: number, measure: (difference: number) => number): number => {
    let sum = 0;
    let known = 0;
    for (let t = first + lag; t <= origin; t++) {
      const difference = (demand[t] as number) - (demand[t - lag] as number);
      if (Number.isNaN(difference)) continue;
      sum += measure(difference);
      known++;
    }
    return known > 0 ? sum / known : 0;
  };
  return { squared: step(1, (d) => d * d), seasonal: step(Math.max(1, season_length), Math.abs) };
}
