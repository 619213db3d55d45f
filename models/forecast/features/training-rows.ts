import type { Panel } from '../panel.ts';
import type { FeatureMatrix } from '../trees/binning.ts';
import { mixSeed, uniformStream } from '../trees/random.ts';
import type { FeatureRows } from './feature-rows.ts';
import { windowsOf } from './windows.ts';

/** Rows to learn from, drawn from all (series, origin, step) whose target lies at or before the origin of the fit. */
export interface DrawnRows {
  readonly matrix: FeatureMatrix;
  /** Demand ÷ anchor. */
  readonly target: Float32Array;
  /** Units that the row expects: what makes an error of the ratio an error of units. */
  readonly anchor: Float32Array;
  /** Period of the target. */
  readonly period: Int32Array;
}

export interface DrawOptions {
  readonly origin: number;
  readonly h: number;
  readonly seed: number;
  /** Rows that are drawn at most. */
  readonly rows_max: number;
}

/** Origins of a series that rows are drawn at are so many periods apart, for neighbours say nearly the same; fewer where a small panel has few rows. */
const ORIGIN_STRIDE = 3;
/** Steps drawn at one origin, so that its features are computed once for several rows. */
const STEPS_PER_ORIGIN = 6;
/**
 * Most of a ratio to the anchor, or of a sale to the series' usual one, whichever allows more: beyond it a sale is a shock that no
 * feature foretells. What sells once in two months in cases sells sixty times its level then, which is no shock.
 */
const RATIO_MAX = 30;
const USUAL_SALES_MAX = 4;

/**
 * Draws rows so that all series and times have the same chance. Origins begin a short window after the first sale, or earlier
 * when the history is short. Seeded by series, so that a series' rows do not depend on the others'.
 */
export function drawTrainingRows(panel: Panel, features: FeatureRows, options: DrawOptions): DrawnRows {
  const { origin, h, rows_max, seed } = options;
  const steps = Math.min(h, STEPS_PER_ORIGIN);
  const every = panel.series_count * Math.max(1, origin) * steps;
  const stride = Math.max(1, Math.min(ORIGIN_STRIDE, Math.floor((ORIGIN_STRIDE * every) / rows_max)));
  const possible = every / stride;
  const share = Math.min(1, rows_max / possible);
  const rows_buffer = Math.ceil(Math.min(possible, rows_max * 1.1)) + 64;
  const values = new Float32Array(rows_buffer * features.width);
  const target = new Float32Array(rows_buffer);
  const anchor = new Float32Array(rows_buffer);
  const period = new Int32Array(rows_buffer);
  let rows = 0;
  const warm_up = Math.min(windowsOf(panel).short >> 1, origin >> 2);
  for (let series = 0; series < panel.series_count; series++) {
    const uniform = uniformStream(mixSeed(seed, series));
    features.load(series, origin);
    const { first, demand } = features.history;
    if (first < 0) continue;
    const usual = meanSale(demand.subarray(first, origin + 1));
    const begin = first + Math.min(warm_up, (origin - first) >> 1);
    for (let at = begin + Math.floor(uniform() * stride); at < origin; at += stride) {
      if (uniform() >= share) continue;
      features.moveTo(at);
      for (let draw = 0; draw < steps && rows < rows_buffer; draw++) {
        // Steps in strata, so that each part of the horizon is seen evenly.
        const step = 1 + Math.floor(((draw + uniform()) * h) / steps);
        const qty = at + step <= origin ? (demand[at + step] as number) : Number.NaN;
        if (Number.isNaN(qty)) continue;
        features.write(step, values, rows * features.width);
        target[rows] = Math.min(
          qty / features.anchor,
          Math.max(RATIO_MAX, (USUAL_SALES_MAX * usual) / features.anchor),
        );
        period[rows] = at + step;
        anchor[rows++] = features.anchor;
      }
    }
  }
  return {
    matrix: { rows, features: features.width, values: values.subarray(0, rows * features.width) },
    target: target.subarray(0, rows),
    anchor: anchor.subarray(0, rows),
    period: period.subarray(0, rows),
  };
}

/** Mean of what was sold in periods in which something was; 0 without any. */
function meanSale(demand: Float32Array): number {
  let [sum, sales] = [0, 0];
  for (const qty of demand) {
    if (!(qty > 0)) continue;
    sum += qty;
    sales += 1;
  }
  return sales > 0 ? sum / sales : 0;
}
