import { learnEffects, type Effects } from './features/effects.ts';
import { factorsOf } from './features/factors.ts';
import { FeatureRows } from './features/feature-rows.ts';
import { groupTotals } from './features/group-totals.ts';
import { drawTrainingRows, type DrawnRows } from './features/training-rows.ts';
import {
  allSeries,
  HEAD_COUNT,
  LEVELS,
  type FitOptions,
  type Forecast,
  type Forecaster,
  type ForecastRequest,
} from './forecaster.ts';
import { demandOf, firstSale, type Panel } from './panel.ts';
import { binEdges, binMatrix, type BinEdges } from './trees/binning.ts';
import { boostMean, type BoostOptions, type TrainingRows } from './trees/boost-mean.ts';
import { boostQuantiles } from './trees/boost-quantiles.ts';
import { predict, type Ensemble } from './trees/ensemble.ts';
import { PACKED_ROWS_MAX } from './trees/gradient-packing.ts';
import { mixSeed } from './trees/random.ts';
import { ALONE, outOfFold, widening, type Widening } from './trees/widening.ts';
import { unsoldRow } from './unsold.ts';

export interface BoostedTreesOptions {
  /** Rows drawn to learn from: so many a series, within these bounds. */
  readonly rows_per_series: number;
  readonly rows_least: number;
  readonly rows_max: number;
  readonly mean: Omit<BoostOptions, 'seed'>;
  readonly quantiles: Omit<BoostOptions, 'seed'>;
}

/**
 * Tuned on four panels of different shape (daily and lumpy, weekly and smooth, daily with promotions, daily and intermittent): on
 * all of them four times the trees or the bag, or twice the rows, change the losses by less than another seed does.
 */
const BOOSTED_TREES_DEFAULTS: BoostedTreesOptions = {
  rows_per_series: 100,
  rows_least: 100_000,
  rows_max: 200_000,
  mean: {
    trees: 150,
    learning_rate: 0.05,
    leaves_max: 24,
    leaf_rows_min: 100,
    lambda: 100,
    bag: 50_000,
    feature_share: 0.3,
  },
  quantiles: {
    trees: 80,
    learning_rate: 0.1,
    leaves_max: 12,
    leaf_rows_min: 250,
    lambda: 1,
    bag: 40_000,
    feature_share: 0.3,
  },
};

/** What the trees have learned: plain data. */
export interface TreesModel extends Omit<Effects, 'factors'> {
  readonly edges: BinEdges;
  /** ln(mean ÷ anchor). */
  readonly mean: Ensemble;
  /** Quantiles ÷ mean, one head for each level. */
  readonly quantiles: Ensemble;
  /** How much wider than on the rows learned from the quantiles are on others. */
  readonly widening: Widening;
}

/**
 * One gradient-boosted tree model over all series and all steps. Demand is learned as a ratio to an anchor (the series' level × the
 * effects of season, promotion, price and events, see `features/`), so that series of all sizes are alike: first its mean under
 * the Tweedie loss, then its quantiles as ratios to that mean, which share their trees.
 */
function boostedTreesWith(options: BoostedTreesOptions): Forecaster<TreesModel> {
  return {
    id: 'boosted-trees',
    learns_quantiles: true,
    fit: (panel, fit) => fitTrees(panel, fit, options),
    forecast: forecastTrees,
  };
}

export const boostedTrees = boostedTreesWith(BOOSTED_TREES_DEFAULTS);

/** Weight of a row for the mean: the Tweedie loss of units is anchor^(2 − ρ) times that of the ratio; near ρ = 1.3. */
const MEAN_WEIGHT_POWER = 0.7;
/** Means ÷ anchor below this count as this when quantiles are taken relative to them. */
const RATIO_MIN = 0.02;
/** Panels of fewer cells of history than this are learned by heart in part, which `widening` makes up for; it is nothing in larger ones. */
const SMALL_PANEL_CELLS = 40_000;
/** Parts of time that are left out in turn for it. */
const TIME_FOLDS = 3;
/**
 * Mean error of the anchor ÷ mean demand below which the mean's trees go farther a step, and how much at most: where little is chance (sales
 * of whole stores: 0.1 to 0.2) the usual steps end before all is learned, where much is (single products: 0.6 to 1.7) longer ones learn it.
 */
const LITTLE_NOISE = 0.35;
const STRIDE_MAX = 2.4;

function fitTrees(panel: Panel, fit: FitOptions, options: BoostedTreesOptions): TreesModel {
  const effects = learnEffects(panel, factorsOf(panel), fit.origin);
  const features = new FeatureRows(panel, effects, groupTotals(panel, effects, fit.origin));
  const { rows_per_series, rows_least, rows_max } = options;
  const rows = Math.min(rows_max, Math.max(rows_least, rows_per_series * panel.series_count));
  const drawn = drawTrainingRows(panel, features, { ...fit, rows_max: rows });
  const edges = binEdges(drawn.matrix);
  const { by_code, by_period } = effects;
  const cells = panel.series_count * (fit.origin + 1);
  return { by_code, by_period, edges, ...boostHeads(drawn, edges, { ...fit, cells }, options) };
}

function boostHeads(
  drawn: DrawnRows,
  edges: BinEdges,
  { seed, h, cells }: FitOptions & { readonly cells: number },
  options: BoostedTreesOptions,
): Pick<TreesModel, 'mean' | 'quantiles' | 'widening'> {
  const { matrix, target, anchor, period } = drawn;
  const bins = binMatrix(matrix, edges);
  const bagOf = (size: number): number => Math.min(size, matrix.rows * 0.7, PACKED_ROWS_MAX / 1.06);
  const learning_rate = options.mean.learning_rate * stride(drawn);
  const boost = (rows: TrainingRows, bag: number, part: number): { ensemble: Ensemble; mean: Float32Array } =>
    scaledToUnits(
      boostMean(rows, { ...options.mean, learning_rate, bag, seed: mixSeed(seed, part) }),
      target,
      anchor,
    );
  const bag = bagOf(options.mean.bag);
  const rows = { bins, target, weight: anchor.map((units) => units ** MEAN_WEIGHT_POWER) };
  const { ensemble: mean, mean: fitted } = boost(rows, bag, 1);
  const floored = fitted.map((ratio) => Math.max(RATIO_MIN, ratio));
  const to_mean = target.map((ratio, row) => ratio / (floored[row] as number));
  const units = anchor.map((expected, row) => expected * (floored[row] as number));
  // A small panel's cells are drawn from several origins each: a leaf needs so many of them, for its quantiles, not of rows.
  const rows_per_cell = Math.max(1, matrix.rows / cells);
  const quantiles = boostQuantiles({ bins, target: to_mean, weight: units }, LEVELS, {
    ...options.quantiles,
    leaf_rows_min: Math.round(options.quantiles.leaf_rows_min * rows_per_cell),
    bag: bagOf(options.quantiles.bag),
    seed: mixSeed(seed, 2),
  });
  if (cells > SMALL_PANEL_CELLS) return { mean, quantiles, widening: ALONE };
  const folds = { count: TIME_FOLDS, of: period.map((t) => Math.floor(t / h) % TIME_FOLDS) };
  const others = outOfFold(
    folds,
    rows,
    (part, fold) => boost(part, bag * (1 - 1 / TIME_FOLDS), 3 + fold).mean,
  );
  const beside = others.map((ratio) => Math.max(RATIO_MIN, ratio));
  return { mean, quantiles, widening: widening(target, predict(quantiles, bins), floored, beside, LEVELS) };
}

/** How much farther than usual a tree's step goes. */
function stride({ target, anchor }: DrawnRows): number {
  let [missed, sold] = [0, 0];
  target.forEach((ratio, row) => {
    missed += Math.abs(ratio - 1) * (anchor[row] as number);
    sold += ratio * (anchor[row] as number);
  });
  return missed > 0 ? Math.max(1, Math.min(STRIDE_MAX, (LITTLE_NOISE * sold) / missed)) : 1;
}

/**
 * The same means, all multiplied so that the units that they expect over the rows are those that were sold: totals are sums of
 * means. The Tweedie loss balances each leaf's errors weighted by μ^(1−ρ), not in units: of demand that comes in rare cases it
 * falls short by a fifth, of lumpy demand by a tenth, of smooth demand by nothing. Single errors would be smaller without it, for
 * what is mostly zero is missed least by too little.
 */
function scaledToUnits(
  { ensemble, mean }: { readonly ensemble: Ensemble; readonly mean: Float32Array },
  target: Float32Array,
  anchor: Float32Array,
): { ensemble: Ensemble; mean: Float32Array } {
  let [sold, expected] = [0, 0];
  mean.forEach((ratio, row) => {
    sold += (target[row] as number) * (anchor[row] as number);
    expected += ratio * (anchor[row] as number);
  });
  const factor = sold > 0 && expected > 0 ? sold / expected : 1;
  return {
    ensemble: { ...ensemble, base: ensemble.base.map((base) => base + Math.log(factor)) },
    mean: mean.map((ratio) => ratio * factor),
  };
}

const MEDIAN = LEVELS.indexOf(0.5);
/** Rows that are featured, binned and walked at once: bounds memory. */
const CHUNK_ROWS = 16_384;

function forecastTrees(panel: Panel, model: TreesModel, request: ForecastRequest): Forecast {
  const { origin, h } = request;
  const series = request.series ?? allSeries(panel);
  const effects = { factors: factorsOf(panel), by_code: model.by_code, by_period: model.by_period };
  const features = new FeatureRows(panel, effects, groupTotals(panel, effects, origin));
  const series_chunk = Math.max(1, Math.floor(CHUNK_ROWS / h));
  const chunk = new RowChunk(series_chunk * h, features.width);
  const values = new Float32Array(series.length * h * HEAD_COUNT);
  for (let from = 0; from < series.length; from += series_chunk) {
    let rows = 0;
    for (const one of series.subarray(from, from + series_chunk)) {
      features.load(one, origin);
      features.moveTo(origin);
      for (let step = 1; step <= h; step++) {
        features.write(step, chunk.values, rows * features.width);
        chunk.anchors[rows++] = features.anchor;
      }
    }
    forecastRows(chunk, rows, model, values.subarray(from * h * HEAD_COUNT));
  }
  fillUnsold(panel, { origin, h, series, values });
  return { origin, h, series, values };
}

/** Replaces the rows of series whose demand is known and was nothing: their level would be that of series which sell. */
function fillUnsold(panel: Panel, { origin, h, series, values }: Forecast): void {
  let row: Float32Array | null = null;
  for (const [index, one] of series.entries()) {
    const demand = demandOf(panel, one);
    if (firstSale(demand, origin + 1) >= 0 || !demand.subarray(0, origin + 1).includes(0)) continue;
    row ??= unsoldRow(panel, origin, h);
    for (let step = 0; step < h; step++) values.set(row, (index * h + step) * HEAD_COUNT);
  }
}

class RowChunk {
  readonly width: number;
  readonly values: Float32Array;
  readonly bins: Uint8Array;
  readonly anchors: Float32Array;

  constructor(rows: number, width: number) {
    this.width = width;
    this.values = new Float32Array(rows * width);
    this.bins = new Uint8Array(rows * width);
    this.anchors = new Float32Array(rows);
  }
}

function forecastRows(
  { width, values, bins, anchors }: RowChunk,
  rows: number,
  model: TreesModel,
  into: Float32Array,
): void {
  const binned = binMatrix({ rows, features: width, values }, model.edges, bins);
  const means = predict(model.mean, binned);
  const ratios = predict(model.quantiles, binned);
  const { widening: wider } = model;
  for (let row = 0; row < rows; row++) {
    const ratio = Math.exp(means[row] as number);
    const at = row * HEAD_COUNT;
    into[at] = ratio * (anchors[row] as number);
    const unit = Math.max(RATIO_MIN, ratio) * (anchors[row] as number);
    const median = ratios[MEDIAN * rows + row] as number;
    let below = 0;
    for (let head = 0; head < LEVELS.length; head++) {
      const beside = (ratios[head * rows + row] as number) - median;
      below = Math.max(below, (median + (wider[head] as number) * beside) * unit);
      into[at + 1 + head] = below;
    }
  }
}
