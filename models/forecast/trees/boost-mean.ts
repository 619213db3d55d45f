import { Bag, drawFeatures } from './bag.ts';
import type { BinnedMatrix } from './binning.ts';
import { EnsembleBuilder, type Ensemble } from './ensemble.ts';
import { packGradients } from './gradient-packing.ts';
import { LeafFinder } from './leaf-finder.ts';
import { uniformStream } from './random.ts';
import { TreeGrower, type GrownTree, type GrowOptions } from './tree-grower.ts';

export interface BoostOptions extends GrowOptions {
  readonly trees: number;
  readonly learning_rate: number;
  /** Expected places in each tree's bag. */
  readonly bag: number;
  /** Share of the features that each tree may split by. */
  readonly feature_share: number;
  readonly seed: number;
}

/** Rows to learn from: bins, the target (≥ 0) and a weight for each. */
export interface TrainingRows {
  readonly bins: BinnedMatrix;
  readonly target: Float32Array;
  readonly weight: Float32Array;
}

/**
 * Variance power of the Tweedie loss: between Poisson (1) and gamma (2), with a mass at zero, as demand has. (Tweedie 1984;
 * the loss that the winners of M5 used.)
 */
const TWEEDIE_POWER = 1.5;

/**
 * Boosts the mean with a logarithmic link under the Tweedie loss: μ = exp(Σ leaves). Gradient in f = ln μ:
 * μ^(2−ρ) − y μ^(1−ρ); hessian (2−ρ) μ^(2−ρ) − (1−ρ) y μ^(1−ρ). Both are kept as running products, so that no row takes an
 * exponential. Returns the ensemble of one head and the mean of every row.
 */
export function boostMean(
  rows: TrainingRows,
  options: BoostOptions,
): { ensemble: Ensemble; mean: Float32Array } {
  const { bins, target } = rows;
  const uniform = uniformStream(options.seed);
  const bag = new Bag(rows.weight, options.bag);
  const grower = new TreeGrower(bins, bag.rows.length, options);
  const finder = new LeafFinder(bins);
  const start = Math.max(1e-6, weightedMean(target, rows.weight));
  const builder = new EnsembleBuilder(Float32Array.of(Math.log(start)));
  const state: MeanState = {
    target,
    mean: new Float32Array(bins.rows).fill(start),
    power: new Float32Array(bins.rows).fill(start ** (1 - TWEEDIE_POWER)),
  };
  const gradient = new Float32Array(bag.rows.length);
  const hessian = new Float32Array(bag.rows.length);
  const packed = new Float64Array(bag.rows.length);
  for (let tree = 0; tree < options.trees; tree++) {
    const count = bag.draw(uniform);
    derive(state, bag.rows, count, gradient, hessian);
    packGradients(gradient, hessian, count, uniform, packed);
    const features = drawFeatures(bins.features, options.feature_share, uniform);
    const grown = grower.grow(bag.rows, packed, count, features);
    const values = leafMeans(grown, grower.rows, state, options);
    builder.add(grown, values);
    advance(state, finder, grown, values);
  }
  return { ensemble: builder.build(), mean: state.mean };
}

interface MeanState {
  readonly target: Float32Array;
  /** μ of each row. */
  readonly mean: Float32Array;
  /** μ^(1−ρ) of each row. */
  readonly power: Float32Array;
}

function derive(
  { target, mean, power }: MeanState,
  rows: Int32Array,
  count: number,
  gradient: Float32Array,
  hessian: Float32Array,
): void {
  for (let at = 0; at < count; at++) {
    const row = rows[at] as number;
    const sold = (target[row] as number) * (power[row] as number);
    const expected = (mean[row] as number) * (power[row] as number);
    gradient[at] = expected - sold;
    hessian[at] = (2 - TWEEDIE_POWER) * expected - (1 - TWEEDIE_POWER) * sold;
  }
}

/** Largest step of a leaf in ln μ before the learning rate: a leaf without a sale would go to −∞. */
const STEP_MAX = 3;

/** Newton steps from the exact rows of each leaf, not from the packed ones. */
function leafMeans(tree: GrownTree, rows: Int32Array, state: MeanState, options: BoostOptions): Float32Array {
  const { target, mean, power } = state;
  const values = new Float32Array(tree.nodes);
  for (const { node, from, to } of tree.leaves) {
    let g = 0;
    let h = 0;
    for (let at = from; at < to; at++) {
      const row = rows[at] as number;
      const sold = (target[row] as number) * (power[row] as number);
      const expected = (mean[row] as number) * (power[row] as number);
      g += sold - expected;
      h += (2 - TWEEDIE_POWER) * expected - (1 - TWEEDIE_POWER) * sold;
    }
    const step = h > 0 ? g / (h * (1 + 1 / (to - from + 1))) : 0;
    values[node] = options.learning_rate * Math.max(-STEP_MAX, Math.min(STEP_MAX, step));
  }
  return values;
}

/** Takes every row, in the bag or not, one tree further. */
function advance(state: MeanState, finder: LeafFinder, tree: GrownTree, values: Float32Array): void {
  const factor = values.map(Math.exp);
  const power_factor = values.map((value) => Math.exp((1 - TWEEDIE_POWER) * value));
  const { mean, power } = state;
  finder.find(tree, 0, (leaves, from, to) => {
    for (let row = from; row < to; row++) {
      const leaf = leaves[row - from] as number;
      (mean[row] as number) *= factor[leaf] as number;
      (power[row] as number) *= power_factor[leaf] as number;
    }
  });
}

function weightedMean(values: Float32Array, weights: Float32Array): number {
  let sum = 0;
  let total = 0;
  values.forEach((value, row) => {
    sum += value * (weights[row] as number);
    total += weights[row] as number;
  });
  return total > 0 ? sum / total : 0;
}
