import { Bag, drawFeatures } from './bag.ts';
import type { BoostOptions, TrainingRows } from './boost-mean.ts';
import { addLeaves, EnsembleBuilder, type Ensemble } from './ensemble.ts';
import { packGradients } from './gradient-packing.ts';
import { LeafFinder } from './leaf-finder.ts';
import { uniformStream } from './random.ts';
import { selectPlace } from './select-place.ts';
import { TreeGrower, type GrownTree } from './tree-grower.ts';

/** Rows of a leaf that a quantile is taken from at most: its standard error is then below that of the tree's own bag. */
const LEAF_SAMPLE_MAX = 512;

/**
 * Boosts several quantiles at once under the pinball loss. All heads share each tree's structure, which is grown on the
 * gradient of one head, in turn; every leaf then steps towards each head's quantile of the residuals in it.
 */
export function boostQuantiles(
  rows: TrainingRows,
  levels: readonly number[],
  options: BoostOptions,
): Ensemble {
  const { bins, target } = rows;
  const heads = levels.length;
  const uniform = uniformStream(options.seed);
  const bag = new Bag(rows.weight, options.bag);
  const grower = new TreeGrower(bins, bag.rows.length, options);
  const finder = new LeafFinder(bins);
  const base = startingQuantiles(target, bag, levels, uniform);
  const builder = new EnsembleBuilder(base);
  // Head-major.
  const predicted = new Float32Array(bins.rows * heads);
  base.forEach((value, head) => predicted.fill(value, head * bins.rows, (head + 1) * bins.rows));
  const gradient = new Float32Array(bag.rows.length);
  const hessian = new Float32Array(bag.rows.length).fill(1);
  const packed = new Float64Array(bag.rows.length);
  for (let tree = 0; tree < options.trees; tree++) {
    const head = tree % heads;
    const level = levels[head] as number;
    const count = bag.draw(uniform);
    const of_head = predicted.subarray(head * bins.rows, (head + 1) * bins.rows);
    for (let at = 0; at < count; at++) {
      const row = bag.rows[at] as number;
      gradient[at] = (target[row] as number) < (of_head[row] as number) ? 1 - level : -level;
    }
    packGradients(gradient, hessian, count, uniform, packed);
    const features = drawFeatures(bins.features, options.feature_share, uniform);
    const grown = grower.grow(bag.rows, packed, count, features);
    const values = leafQuantiles(grown, grower.rows, target, predicted, levels, options.learning_rate);
    builder.add(grown, values);
    advance(predicted, finder, grown, values, heads);
  }
  return builder.build();
}

function startingQuantiles(
  target: Float32Array,
  bag: Bag,
  levels: readonly number[],
  uniform: () => number,
): Float32Array {
  const count = bag.draw(uniform);
  const sorted = Float32Array.from(bag.rows.subarray(0, count), (row) => target[row] as number).sort();
  return Float32Array.from(levels, (level) => sorted[Math.floor(level * (count - 1))] ?? 0);
}

function leafQuantiles(
  tree: GrownTree,
  rows: Int32Array,
  target: Float32Array,
  predicted: Float32Array,
  levels: readonly number[],
  learning_rate: number,
): Float32Array {
  const heads = levels.length;
  const row_count = target.length;
  const values = new Float32Array(tree.nodes * heads);
  const residuals = new Float32Array(LEAF_SAMPLE_MAX);
  for (const { node, from, to } of tree.leaves) {
    const count = Math.min(LEAF_SAMPLE_MAX, to - from);
    // Of an empty bag the root is a leaf without rows.
    if (count === 0) continue;
    const stride = (to - from) / count;
    for (let head = 0; head < heads; head++) {
      const of_head = predicted.subarray(head * row_count, (head + 1) * row_count);
      for (let at = 0; at < count; at++) {
        const row = rows[from + Math.floor(at * stride)] as number;
        residuals[at] = (target[row] as number) - (of_head[row] as number);
      }
      const place = Math.floor((levels[head] as number) * (count - 1));
      values[node * heads + head] = learning_rate * selectPlace(residuals, count, place);
    }
  }
  return values;
}

function advance(
  predicted: Float32Array,
  finder: LeafFinder,
  tree: GrownTree,
  values: Float32Array,
  heads: number,
): void {
  const rows = predicted.length / heads;
  finder.find(tree, 0, (leaves, from, to) => {
    for (let head = 0; head < heads; head++) {
      const of_head = predicted.subarray(head * rows + from, head * rows + to);
      addLeaves(of_head, leaves, values, heads, head);
    }
  });
}
