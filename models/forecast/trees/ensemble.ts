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

/** Index of the leaf that a row of bins (beginning at `offset`) falls into, from a tree's root. */
export function leafOf(ensemble: Ensemble, root: number, bins: Uint8Array, offset: number): number {
  const { feature, bin, left } = ensemble;
  let node = root;
  for (let split = feature[node] as number; split >= 0; split = feature[node] as number)
    node = (left[node] as number) + ((bins[offset + split] as number) <= (bin[node] as number) ? 0 : 1);
  return node;
}

/**
 * Sums of the leaves of all trees for rows of bins (row-major, `features` wide), base included; row-major, `heads` wide.
 * Trees go outside and rows inside in blocks that stay in the cache.
 */
export function predict(ensemble: Ensemble, bins: Uint8Array, rows: number, features: number): Float32Array {
  const { heads, base, roots, values } = ensemble;
  const out = new Float32Array(rows * heads);
  const block = Math.max(1, Math.floor(131_072 / features));
  for (let from = 0; from < rows; from += block) {
    const to = Math.min(rows, from + block);
    for (let row = from; row < to; row++) out.set(base, row * heads);
    for (const root of roots)
      for (let row = from; row < to; row++) {
        const leaf = leafOf(ensemble, root, bins, row * features) * heads;
        for (let head = 0; head < heads; head++)
          (out[row * heads + head] as number) += values[leaf + head] as number;
      }
  }
  return out;
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
