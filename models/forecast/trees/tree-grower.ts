import { BINS, type BinnedMatrix } from './binning.ts';
import type { TreeStructure } from './ensemble.ts';
import { PACK } from './gradient-packing.ts';

export interface GrowOptions {
  readonly leaves_max: number;
  /** Least rows (counted as often as the bag holds them) in a leaf. */
  readonly leaf_rows_min: number;
  /** L2 penalty on leaf values, in units of the packed hessian. */
  readonly lambda: number;
}

/** A tree with the rows of the bag that fell into each leaf: positions from (inclusive) to (exclusive) of `TreeGrower.rows`. */
export interface GrownTree extends TreeStructure {
  readonly leaves: readonly LeafRows[];
}

export interface LeafRows {
  readonly node: number;
  readonly from: number;
  readonly to: number;
}

interface Leaf extends LeafRows {
  /** Packed sum of gradients and hessians. */
  readonly total: number;
  histogram: Float64Array;
  gain: number;
  split_slot: number;
  split_bin: number;
}

/**
 * Grows one tree at a time, best leaf first, on histograms of packed gradients; a child's histogram is its parent's less its
 * sibling's. Holds the buffers that all trees reuse. Deterministic: ties go to the first feature and bin.
 */
export class TreeGrower {
  /** Rows of the bag, in the order of leaves after `grow`. */
  readonly rows: Int32Array;
  readonly #bins: BinnedMatrix;
  readonly #options: GrowOptions;
  readonly #packed: Float64Array;
  readonly #rows_aside: Int32Array;
  readonly #packed_aside: Float64Array;
  readonly #pool: Float64Array[] = [];
  readonly #feature: Int16Array;
  readonly #bin: Uint8Array;
  readonly #left: Int32Array;
  #nodes = 0;
  #features: Int32Array = new Int32Array(0);

  constructor(bins: BinnedMatrix, bag_max: number, options: GrowOptions) {
    this.#bins = bins;
    this.#options = options;
    this.rows = new Int32Array(bag_max);
    this.#packed = new Float64Array(bag_max);
    this.#rows_aside = new Int32Array(bag_max);
    this.#packed_aside = new Float64Array(bag_max);
    const nodes_max = 2 * options.leaves_max;
    this.#feature = new Int16Array(nodes_max);
    this.#bin = new Uint8Array(nodes_max);
    this.#left = new Int32Array(nodes_max);
  }

  /** Grows a tree on the first `count` of `bag` with their packed gradients, choosing among `features`. */
  grow(bag: Int32Array, packed: Float64Array, count: number, features: Int32Array): GrownTree {
    this.rows.set(bag.subarray(0, count));
    this.#packed.set(packed.subarray(0, count));
    this.#features = features;
    this.#nodes = 1;
    this.#feature[0] = -1;
    const leaves: Leaf[] = [this.#root(count)];
    while (leaves.length < this.#options.leaves_max) {
      const best = bestLeaf(leaves);
      if (best < 0) break;
      const [parent] = leaves.splice(best, 1) as [Leaf];
      leaves.push(...this.#split(parent, leaves.length + 2 === this.#options.leaves_max));
    }
    for (const leaf of leaves) this.#pool.push(leaf.histogram);
    return { nodes: this.#nodes, feature: this.#feature, bin: this.#bin, left: this.#left, leaves };
  }

  #root(count: number): Leaf {
    let total = 0;
    for (let at = 0; at < count; at++) total += this.#packed[at] as number;
    const root = this.#leaf(0, 0, count, total, this.#histogram());
    this.#fill(root);
    this.#seek(root);
    return root;
  }

  #leaf(node: number, from: number, to: number, total: number, histogram: Float64Array): Leaf {
    return { node, from, to, total, histogram, gain: 0, split_slot: -1, split_bin: 0 };
  }

  #histogram(): Float64Array {
    const slots = this.#features.length * BINS;
    const pooled = this.#pool.pop();
    return pooled !== undefined && pooled.length >= slots
      ? pooled
      : new Float64Array(this.#bins.features * BINS);
  }

  #fill({ histogram, from, to }: Leaf): void {
    const { by_feature } = this.#bins;
    const slots = this.#features.length;
    histogram.fill(0, 0, slots * BINS);
    let slot = 0;
    for (; slot + FEATURES_AT_ONCE <= slots; slot += FEATURES_AT_ONCE)
      addToFour(
        histogram,
        slot,
        by_feature,
        this.#column(slot),
        this.#column(slot + 1),
        this.#column(slot + 2),
        this.#column(slot + 3),
        this.rows,
        this.#packed,
        from,
        to,
      );
    for (; slot < slots; slot++)
      addToOne(histogram, slot, by_feature, this.#column(slot), this.rows, this.#packed, from, to);
  }

  /** Where the bins of a chosen feature begin. */
  #column(slot: number): number {
    return (this.#features[slot] as number) * this.#bins.rows;
  }

  /** Finds the split of a leaf that gains most and notes it there. */
  #seek(leaf: Leaf): void {
    const { lambda, leaf_rows_min } = this.#options;
    const count = leaf.to - leaf.from;
    if (count < 2 * leaf_rows_min) return;
    const g_all = Math.floor(leaf.total / PACK);
    const h_all = leaf.total - g_all * PACK;
    // Rows are not counted by bin: a share of the hessian stands for a share of the rows, and the split itself counts.
    const h_min = (h_all * leaf_rows_min) / count;
    const parent = (g_all * g_all) / (h_all + lambda);
    const { histogram } = leaf;
    for (let slot = 0; slot < this.#features.length; slot++) {
      let sum = 0;
      for (let bin = 0; bin < BINS - 1; bin++) {
        const value = histogram[slot * BINS + bin] as number;
        if (value === 0) continue;
        sum += value;
        const g = Math.floor(sum / PACK);
        const h = sum - g * PACK;
        if (h < h_min) continue;
        if (h_all - h < h_min) break;
        const gain = (g * g) / (h + lambda) + ((g_all - g) * (g_all - g)) / (h_all - h + lambda) - parent;
        if (gain > leaf.gain) {
          leaf.gain = gain;
          leaf.split_slot = slot;
          leaf.split_bin = bin;
        }
      }
    }
  }

  #split(parent: Leaf, is_last: boolean): [Leaf, Leaf] {
    const feature = this.#features[parent.split_slot] as number;
    const middle = this.#partition(parent, parent.split_slot, parent.split_bin);
    let left_total = 0;
    for (let at = parent.from; at < middle; at++) left_total += this.#packed[at] as number;
    const node = this.#nodes;
    this.#nodes += 2;
    this.#feature[parent.node] = feature;
    this.#bin[parent.node] = parent.split_bin;
    this.#left[parent.node] = node;
    this.#feature[node] = -1;
    this.#feature[node + 1] = -1;
    const fresh = this.#histogram();
    const left_smaller = middle - parent.from <= parent.to - middle;
    const [for_left, for_right] = left_smaller ? [fresh, parent.histogram] : [parent.histogram, fresh];
    const left = this.#leaf(node, parent.from, middle, left_total, for_left);
    const right = this.#leaf(node + 1, middle, parent.to, parent.total - left_total, for_right);
    // The last split's children are leaves whatever they hold, as are two that are too small.
    if (is_last || Math.max(left.to - left.from, right.to - right.from) < 2 * this.#options.leaf_rows_min)
      return [left, right];
    this.#fill(left_smaller ? left : right);
    const slots = this.#features.length * BINS;
    const { histogram } = parent;
    for (let at = 0; at < slots; at++) (histogram[at] as number) -= fresh[at] as number;
    this.#seek(left);
    this.#seek(right);
    return [left, right];
  }

  /**
   * Stable: rows keep their order, which keeps memory access ascending. Every row is written to both sides and counted on its own, for a
   * branch would be guessed wrong at every second row. Returns where the right child begins.
   */
  #partition({ from, to }: Leaf, slot: number, bin: number): number {
    const { by_feature } = this.#bins;
    const column = this.#column(slot);
    const { rows } = this;
    const packed = this.#packed;
    const rows_aside = this.#rows_aside;
    const packed_aside = this.#packed_aside;
    let left = from;
    for (let at = from; at < to; at++) {
      const row = rows[at] as number;
      const value = packed[at] as number;
      rows[left] = row;
      packed[left] = value;
      rows_aside[at - left] = row;
      packed_aside[at - left] = value;
      // 1 when the row's bin is at most the split's: then the difference has its sign bit set.
      left += ((by_feature[column + row] as number) - bin - 1) >>> 31;
    }
    rows.set(rows_aside.subarray(0, to - left), left);
    packed.set(packed_aside.subarray(0, to - left), left);
    return left;
  }
}

/** Features whose histograms are filled in one pass: a row and its gradient are read once for all of them. */
const FEATURES_AT_ONCE = 4;

/** The innermost loop of training: the histograms of four slots from this one on, of features whose bins begin at a, b, c and d. */
function addToFour(
  histogram: Float64Array,
  slot: number,
  bins: Uint8Array,
  a: number,
  b: number,
  c: number,
  d: number,
  rows: Int32Array,
  packed: Float64Array,
  from: number,
  to: number,
): void {
  const into_a = slot * BINS;
  const into_b = into_a + BINS;
  const into_c = into_b + BINS;
  const into_d = into_c + BINS;
  for (let at = from; at < to; at++) {
    const row = rows[at] as number;
    const value = packed[at] as number;
    (histogram[into_a + (bins[a + row] as number)] as number) += value;
    (histogram[into_b + (bins[b + row] as number)] as number) += value;
    (histogram[into_c + (bins[c + row] as number)] as number) += value;
    (histogram[into_d + (bins[d + row] as number)] as number) += value;
  }
}

function addToOne(
  histogram: Float64Array,
  slot: number,
  bins: Uint8Array,
  column: number,
  rows: Int32Array,
  packed: Float64Array,
  from: number,
  to: number,
): void {
  const offset = slot * BINS;
  for (let at = from; at < to; at++)
    (histogram[offset + (bins[column + (rows[at] as number)] as number)] as number) += packed[at] as number;
}

function bestLeaf(leaves: readonly Leaf[]): number {
  let best = -1;
  let gain = 1e-6;
  leaves.forEach((leaf, at) => {
    if (leaf.split_slot >= 0 && leaf.gain > gain) {
      gain = leaf.gain;
      best = at;
    }
  });
  return best;
}
