import { BINS, type BinnedMatrix } from './binning.ts';

/** Leaves of a tree at most: each is a bit of a word. */
export const LEAVES_MAX = 32;

/** Rows whose words stay in the nearest cache. */
const BLOCK_ROWS = 2048;
/** Features that are gone through at once, so that a row's word is read and written once for all of them. */
const AT_ONCE = 4;

/** What a tree splits by: of one tree or of many, see `Ensemble`. */
export interface Splits {
  readonly feature: Int16Array;
  readonly bin: Uint8Array;
  readonly left: Int32Array;
}

/**
 * Finds the leaf of every row, a feature at a time instead of a row at a time (QuickScorer; Lucchese et al. 2015): the leaves of a tree,
 * from left to right, are bits of a word, and each bin of a feature has the word of the leaves that it rules out. What is left of all
 * features' words begins with the row's leaf. That reads bins in order and has no branch, where walking down a tree guesses
 * wrong at every second node. Holds the buffers that all trees reuse.
 */
export class LeafFinder {
  readonly #bins: BinnedMatrix;
  readonly #words = new Int32Array(BLOCK_ROWS);
  readonly #leaves = new Int32Array(BLOCK_ROWS);
  /** The node of each leaf, from left to right. */
  readonly #nodes = new Int32Array(LEAVES_MAX);
  #leaf_count = 0;
  /** The features that the tree splits by. */
  readonly #features: number[] = [];
  /** The words of their bins, by groups of AT_ONCE features. */
  readonly #kept: Int32Array[] = [];

  constructor(bins: BinnedMatrix) {
    this.#bins = bins;
  }

  /**
   * Hands out the leaves (nodes of `splits`) of the tree at `root`, in blocks: that of row r at r − from. Valid only during the call.
   * @throws RangeError when the tree has more than LEAVES_MAX leaves
   */
  find(splits: Splits, root: number, on_block: (leaves: Int32Array, from: number, to: number) => void): void {
    this.#features.length = 0;
    this.#leaf_count = 0;
    this.#visit(splits, root);
    const { rows } = this.#bins;
    for (let from = 0; from < rows; from += BLOCK_ROWS) {
      const to = Math.min(rows, from + BLOCK_ROWS);
      this.#findBlock(from, to);
      on_block(this.#leaves, from, to);
    }
  }

  /** The leaves below a node; notes for each split's feature that the bins that go right rule out the leaves on the left. */
  #visit(splits: Splits, node: number): number {
    const feature = splits.feature[node] as number;
    if (feature < 0) {
      if (this.#leaf_count === LEAVES_MAX) throw new RangeError(`a tree has more than ${LEAVES_MAX} leaves`);
      this.#nodes[this.#leaf_count] = node;
      return 1 << this.#leaf_count++;
    }
    const left_node = splits.left[node] as number;
    const left = this.#visit(splits, left_node);
    const right = this.#visit(splits, left_node + 1);
    const kept = this.#keptBy(feature);
    for (let bin = (splits.bin[node] as number) + 1; bin < BINS; bin++) (kept[bin] as number) &= ~left;
    return left | right;
  }

  #keptBy(feature: number): Int32Array {
    let slot = this.#features.indexOf(feature);
    if (slot < 0) {
      slot = this.#features.push(feature) - 1;
      // Features that a group lacks rule nothing out.
      if (slot % AT_ONCE === 0) (this.#kept[slot / AT_ONCE] ??= new Int32Array(AT_ONCE * BINS)).fill(-1);
    }
    const group = this.#kept[Math.floor(slot / AT_ONCE)] as Int32Array;
    const at = (slot % AT_ONCE) * BINS;
    return group.subarray(at, at + BINS);
  }

  #findBlock(from: number, to: number): void {
    const { rows, by_feature } = this.#bins;
    const words = this.#words;
    words.fill(-1);
    const column = (slot: number): number => (this.#features[slot] ?? 0) * rows + from;
    for (let slot = 0; slot < this.#features.length; slot += AT_ONCE)
      ruleOut(
        words,
        to - from,
        this.#kept[slot / AT_ONCE] as Int32Array,
        by_feature,
        column(slot),
        column(slot + 1),
        column(slot + 2),
        column(slot + 3),
      );
    const leaves = this.#leaves;
    const nodes = this.#nodes;
    for (let at = 0; at < to - from; at++) {
      const word = words[at] as number;
      leaves[at] = nodes[31 - Math.clz32(word & -word)] as number;
    }
  }
}

/**
 * The innermost loop: a group's words at once. On offsets into one array, for each further array takes registers that there are not
 * enough of: four views take twice as long.
 */
function ruleOut(
  words: Int32Array,
  count: number,
  kept: Int32Array,
  bins: Uint8Array,
  a: number,
  b: number,
  c: number,
  d: number,
): void {
  for (let at = 0; at < count; at++)
    (words[at] as number) &=
      (kept[bins[a + at] as number] as number) &
      (kept[BINS + (bins[b + at] as number)] as number) &
      (kept[2 * BINS + (bins[c + at] as number)] as number) &
      (kept[3 * BINS + (bins[d + at] as number)] as number);
}
