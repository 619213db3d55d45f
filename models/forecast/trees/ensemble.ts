import type { BinnedMatrix } from './binning.ts';
import { LeafFinder } from './leaf-finder.ts';

/**
 * Trees whose structure is shared by several heads: each leaf has one value for each head. Nodes of all trees stand in one set
 * of flat arrays; a node's right child follows its left one. A row goes left when its bin is at most the node's.
 */
export interface Ensemble {
  readonly heads: number;
  /** Value of each head before the first tree. */
  readonly base: Float32Array;
  /** Index of the root node of each tree. */
  readonly roots: Int32Array;
  /** Feature that a node splits by; −1 for a leaf. */
  readonly feature: Int16Array;
  readonly bin: Uint8Array;
  readonly left: Int32Array;
  /** Of node n and head k at `n * heads + k`; 0 in inner nodes. */
  readonly values: Float32Array;
}

/** Sums of the leaves of all trees for rows of bins, base included; head-major: head k of row r at `k * rows + r`. */
export function predict(ensemble: Ensemble, bins: BinnedMatrix): Float32Array {
  const { heads, base, roots, values } = ensemble;
  const { rows } = bins;
  const out = new Float32Array(rows * heads);
  for (let head = 0; head < heads; head++) out.fill(base[head] as number, head * rows, (head + 1) * rows);
  const finder = new LeafFinder(bins);
  for (const root of roots)
    finder.find(ensemble, root, (leaves, from, to) => {
      for (let head = 0; head < heads; head++)
        addLeaves(out.subarray(head * rows + from, head * rows + to), leaves, values, heads, head);
    });
  return out;
}

/** Adds the values that one of the heads has in the leaves of rows. */
export function addLeaves(
  into: Float32Array,
  leaves: Int32Array,
  values: Float32Array,
  heads: number,
  head: number,
): void {
  for (let at = 0; at < into.length; at++)
    (into[at] as number) += values[(leaves[at] as number) * heads + head] as number;
}

/** Collects trees while they are grown. */
export class EnsembleBuilder {
  readonly #heads: number;
  readonly #base: Float32Array;
  readonly #roots: number[] = [];
  readonly #feature: number[] = [];
  readonly #bin: number[] = [];
  readonly #left: number[] = [];
  readonly #values: number[] = [];

  constructor(base: Float32Array) {
    this.#heads = base.length;
    this.#base = base;
  }

  /** Adds a tree given with node indices from 0, and the values of its nodes. */
  add(tree: TreeStructure, values: Float32Array): void {
    const root = this.#feature.length;
    this.#roots.push(root);
    for (let node = 0; node < tree.nodes; node++) {
      this.#feature.push(tree.feature[node] as number);
      this.#bin.push(tree.bin[node] as number);
      this.#left.push((tree.left[node] as number) + root);
    }
    for (let cell = 0; cell < tree.nodes * this.#heads; cell++) this.#values.push(values[cell] as number);
  }

  build(): Ensemble {
    return {
      heads: this.#heads,
      base: this.#base,
      roots: Int32Array.from(this.#roots),
      feature: Int16Array.from(this.#feature),
      bin: Uint8Array.from(this.#bin),
      left: Int32Array.from(this.#left),
      values: Float32Array.from(this.#values),
    };
  }
}

/** One tree: arrays may be longer than its nodes. */
export interface TreeStructure {
  readonly nodes: number;
  readonly feature: Int16Array;
  readonly bin: Uint8Array;
  readonly left: Int32Array;
}
