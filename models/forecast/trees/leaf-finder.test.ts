import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BINS, type BinnedMatrix } from './binning.ts';
import { LeafFinder, LEAVES_MAX, type Splits } from './leaf-finder.ts';
import { uniformStream } from './random.ts';

/** A tree of so many leaves whose splits are drawn; a node's right child follows its left one. */
function drawnTree(leaves: number, features: number, uniform: () => number): Splits {
  const feature = new Int16Array(2 * leaves).fill(-1);
  const bin = new Uint8Array(2 * leaves);
  const left = new Int32Array(2 * leaves);
  const open = [0];
  for (let nodes = 1; nodes < 2 * leaves - 1; nodes += 2) {
    const [node = 0] = open.splice(Math.floor(uniform() * open.length), 1);
    feature[node] = Math.floor(uniform() * features);
    bin[node] = Math.floor(uniform() * (BINS - 1));
    left[node] = nodes;
    open.push(nodes, nodes + 1);
  }
  return { feature, bin, left };
}

/** The leaf that a row comes to when it walks down: left when its bin is at most the node's. */
function walked({ feature, bin, left }: Splits, { rows, by_feature }: BinnedMatrix, row: number): number {
  let node = 0;
  for (let split = feature[node] ?? -1; split >= 0; split = feature[node] ?? -1)
    node = (left[node] ?? 0) + ((by_feature[split * rows + row] ?? 0) <= (bin[node] ?? 0) ? 0 : 1);
  return node;
}

function found(splits: Splits, bins: BinnedMatrix): number[] {
  const leaves: number[] = [];
  new LeafFinder(bins).find(splits, 0, (block, from, to) => {
    expect(from).toBe(leaves.length);
    leaves.push(...block.subarray(0, to - from));
  });
  return leaves;
}

function drawnBins(rows: number, features: number, uniform: () => number): BinnedMatrix {
  const by_feature = Uint8Array.from({ length: rows * features }, () => Math.floor(uniform() * BINS));
  return { rows, features, by_feature };
}

describe('leaf finder', () => {
  test('every row is found in the leaf that it walks to', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: LEAVES_MAX }),
        fc.integer({ min: 1, max: 11 }),
        (seed, leaves, features) => {
          const uniform = uniformStream(seed);
          const bins = drawnBins(50, features, uniform);
          const tree = drawnTree(leaves, features, uniform);
          expect(found(tree, bins)).toEqual(Array.from({ length: 50 }, (_, row) => walked(tree, bins, row)));
        },
      ),
    );
  });

  test('rows beyond a block follow those before it, and a second tree knows nothing of the first', () => {
    const uniform = uniformStream(8);
    const bins = drawnBins(5000, 9, uniform);
    const finder = new LeafFinder(bins);
    finder.find(drawnTree(LEAVES_MAX, 9, uniform), 0, () => undefined);
    const tree = drawnTree(3, 9, uniform);
    const again: number[] = [];
    finder.find(tree, 0, (block, from, to) => again.push(...block.subarray(0, to - from)));
    expect(again).toEqual(Array.from({ length: 5000 }, (_, row) => walked(tree, bins, row)));
  });

  test('a tree of more leaves than a word has bits is refused', () => {
    const uniform = uniformStream(2);
    const tree = drawnTree(LEAVES_MAX + 1, 3, uniform);
    expect(() => found(tree, drawnBins(4, 3, uniform))).toThrow(RangeError);
  });
});
