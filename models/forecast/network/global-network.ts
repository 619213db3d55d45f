import { learnEffects, type Effects } from '../features/effects.ts';
import { factorsOf } from '../features/factors.ts';
import { FeatureRows } from '../features/feature-rows.ts';
import { groupTotals } from '../features/group-totals.ts';
import { drawTrainingRows } from '../features/training-rows.ts';
import {
  allSeries,
  HEAD_COUNT,
  type FitOptions,
  type Forecast,
  type Forecaster,
  type ForecastRequest,
} from '../forecaster.ts';
import type { Panel } from '../panel.ts';
import { Bag } from '../trees/bag.ts';
import {
  binEdges,
  binMatrix,
  BINS,
  type BinEdges,
  type BinnedMatrix,
  type FeatureMatrix,
} from '../trees/binning.ts';
import { mixSeed, uniformStream } from '../trees/random.ts';
import {
  OUTPUTS,
  runPerceptron,
  trainPerceptron,
  type Perceptron,
  type PerceptronOptions,
  type Tf,
} from './perceptron.ts';

export const GLOBAL_NETWORK = 'global-network';

const ROWS_MAX = 150_000;
const DEFAULTS: Omit<PerceptronOptions, 'seed'> = {
  units: 64,
  steps: 600,
  batch: 1024,
  learning_rate: 0.003,
};
/** Power of the anchor by which rows are drawn: between all series alike (0) and all units alike (1). */
const WEIGHT_POWER = 0.85;
/** Rows that go through the network at once. */
const CHUNK_ROWS = 16_384;

/** What the network has learned: plain data. */
export interface NetworkModel extends Omit<Effects, 'factors'> {
  readonly edges: BinEdges;
  readonly perceptron: Perceptron;
}

/**
 * One network over all series and steps, the challenger of the trees: the same features, target and anchor, each feature given as its
 * rank (its bin), which has no outliers. Deterministic for a backend with one thread.
 */
export function globalNetwork(tf: Tf, options = DEFAULTS): Forecaster<NetworkModel> {
  return {
    id: GLOBAL_NETWORK,
    learns_quantiles: true,
    fit: (panel, fit) => fitNetwork(tf, panel, fit, options),
    forecast: (panel, model, request) => forecastNetwork(tf, panel, model, request),
  };
}

function fitNetwork(tf: Tf, panel: Panel, fit: FitOptions, options: typeof DEFAULTS): NetworkModel {
  const effects = learnEffects(panel, factorsOf(panel), fit.origin);
  const features = new FeatureRows(panel, effects, groupTotals(panel, effects, fit.origin));
  const { matrix, target, anchor } = drawTrainingRows(panel, features, { ...fit, rows_max: ROWS_MAX });
  const edges = binEdges(matrix);
  const bins = binMatrix(matrix, edges);
  const { by_code, by_period } = effects;
  const draw = weightedDraw(anchor, mixSeed(fit.seed, 4));
  const width = matrix.features;
  const batchOf = (): { inputs: Float32Array; target: Float32Array } => {
    const inputs = new Float32Array(options.batch * width);
    const wanted = new Float32Array(options.batch);
    for (let at = 0; at < options.batch; at++) {
      const row = draw();
      ranks(bins, row, inputs, at * width);
      wanted[at] = target[row] ?? 0;
    }
    return { inputs, target: wanted };
  };
  const perceptron = trainPerceptron(tf, width, batchOf, { ...options, seed: mixSeed(fit.seed, 3) });
  return { by_code, by_period, edges, perceptron };
}

/** Rows without end, drawn in proportion to a power of their anchor, in a random order. */
function weightedDraw(anchor: Float32Array, seed: number): () => number {
  const uniform = uniformStream(seed);
  const bag = new Bag(
    anchor.map((units) => units ** WEIGHT_POWER),
    2 * ROWS_MAX,
  );
  const count = bag.draw(uniform);
  return () => bag.rows[Math.floor(uniform() * count)] ?? 0;
}

/** The bins of a row as ranks around zero; a missing value is in the middle. */
function ranks(
  { rows, features, by_feature }: BinnedMatrix,
  row: number,
  into: Float32Array,
  at: number,
): void {
  for (let feature = 0; feature < features; feature++) {
    const bin = by_feature[feature * rows + row] as number;
    into[at + feature] = bin === 0 ? 0 : (bin - BINS / 2) / (BINS / 4);
  }
}

function forecastNetwork(tf: Tf, panel: Panel, model: NetworkModel, request: ForecastRequest): Forecast {
  const { origin, h } = request;
  const series = request.series ?? allSeries(panel);
  const effects = { factors: factorsOf(panel), by_code: model.by_code, by_period: model.by_period };
  const features = new FeatureRows(panel, effects, groupTotals(panel, effects, origin));
  const width = features.width;
  const series_chunk = Math.max(1, Math.floor(CHUNK_ROWS / h));
  const values = new Float32Array(series.length * h * HEAD_COUNT);
  for (let from = 0; from < series.length; from += series_chunk) {
    const part = series.subarray(from, from + series_chunk);
    const rows = part.length * h;
    const matrix = { rows, features: width, values: new Float32Array(rows * width) };
    const anchors = new Float32Array(rows);
    part.forEach((one, index) => {
      features.load(one, origin);
      features.moveTo(origin);
      for (let step = 1; step <= h; step++) {
        features.write(step, matrix.values, (index * h + step - 1) * width);
        anchors[index * h + step - 1] = features.anchor;
      }
    });
    const outputs = runPerceptron(tf, model.perceptron, inputsOf(matrix, model.edges));
    toUnits(outputs, anchors, values.subarray(from * h * HEAD_COUNT));
  }
  return { origin, h, series, values };
}

function inputsOf(matrix: FeatureMatrix, edges: BinEdges): Float32Array {
  const bins = binMatrix(matrix, edges);
  const inputs = new Float32Array(matrix.values.length);
  for (let row = 0; row < matrix.rows; row++) ranks(bins, row, inputs, row * matrix.features);
  return inputs;
}

function toUnits(outputs: Float32Array, anchors: Float32Array, into: Float32Array): void {
  anchors.forEach((anchor, row) => {
    into[row * HEAD_COUNT] = anchor * Math.exp(Math.min(6, outputs[row * OUTPUTS] as number));
    for (let head = 1; head < HEAD_COUNT; head++)
      into[row * HEAD_COUNT + head] = anchor * (outputs[row * OUTPUTS + head] as number);
  });
}
