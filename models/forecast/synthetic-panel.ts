import type { Panel } from './panel.ts';
import { uniformStream } from './trees/random.ts';

export interface SyntheticOptions {
  readonly series: number;
  readonly periods: number;
  readonly seed: number;
  /** Mean units a period of the middle series; others are up to three times as large or small. */
  readonly level: number;
  /** What a promotion multiplies demand by; 1 = there is none. */
  readonly uplift: number;
  /** Whether the promotion is known in the future. */
  readonly promo_known: boolean;
}

/** Weekly profile of demand, Monday first; mean 1. */
const WEEK = [0.8, 0.8, 0.9, 1, 1.1, 1.3, 1.1] as const;

/**
 * A seeded daily panel of known truth for tests: level × weekday × promotion, with Poisson sales, and one static category of four.
 * Promotions run for a week, on one week in six, each series its own.
 */
export function syntheticPanel(options: SyntheticOptions): Panel {
  const { series, periods, seed, level, uplift, promo_known } = options;
  const uniform = uniformStream(seed);
  const demand = new Float32Array(series * periods);
  const promo = new Float32Array(series * periods);
  for (let one = 0; one < series; one++) {
    const own = level * 3 ** (2 * uniform() - 1);
    let promoted = false;
    for (let t = 0; t < periods; t++) {
      if (t % 7 === 0) promoted = uniform() < 1 / 6;
      const cell = one * periods + t;
      promo[cell] = promoted ? 1 : 0;
      demand[cell] = poisson(own * (WEEK[t % 7] ?? 1) * (promoted ? uplift : 1), uniform);
    }
  }
  const category = Int32Array.from({ length: series }, (_, one) => one % 4);
  const covariate = {
    name: 'promo',
    kind: 'numeric',
    known_future: promo_known,
    values: promo,
    shared: false,
  } as const;
  return {
    series_count: series,
    periods,
    first_day: 19_358,
    period_days: 1,
    season_length: 7,
    demand,
    covariates: uplift === 1 ? [] : [covariate],
    statics: [{ name: 'category', codes: category, cardinality: 4 }],
  };
}

/** Knuth's method; for small means. */
function poisson(mean: number, uniform: () => number): number {
  const limit = Math.exp(-mean);
  let product = uniform();
  let count = 0;
  while (product > limit) {
    product *= uniform();
    count++;
  }
  return count;
}
