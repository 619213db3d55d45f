import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binEdges, binMatrix, BINS, type FeatureMatrix } from './binning.ts';
import { boostMean } from './boost-mean.ts';
import { boostQuantiles } from './boost-quantiles.ts';
import { predict } from './ensemble.ts';
import { PACK, packGradients, PACKED_ROWS_MAX } from './gradient-packing.ts';
import { uniformStream } from './random.ts';
import { TreeGrower } from './tree-grower.ts';

const OPTIONS = {
  trees: 60,
  learning_rate: 0.1,
  leaves_max: 8,
  leaf_rows_min: 20,
  lambda: 10,
  bag: 3000,
  feature_share: 1,
  seed: 7,
};

/** Rows whose demand has mean 1 + 3 · [x₀ > 0.5] and an exponential law; x₁ is noise. */
function rows(count: number): { matrix: FeatureMatrix; target: Float32Array; weight: Float32Array } {
  const uniform = uniformStream(11);
  const values = Float32Array.from({ length: 2 * count }, uniform);
  const target = Float32Array.from(
    { length: count },
    (_, row) => -Math.log(1 - uniform()) * ((values[2 * row] as number) > 0.5 ? 4 : 1),
  );
  return { matrix: { rows: count, features: 2, values }, target, weight: new Float32Array(count).fill(1) };
}

describe('binning', () => {
  test('a value lies above the edge before its bin and not above the edge of its bin; missing has a bin of its own', () => {
    const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(numbers, (values) => {
        const column = Float32Array.from([...values, Number.NaN]);
        const matrix = { rows: column.length, features: 1, values: column };
        const [edges] = binEdges(matrix) as [Float32Array];
        expect(edges.length).toBeLessThanOrEqual(BINS - 2);
        const bins = binMatrix(matrix, [edges]).by_feature;
        expect(bins[values.length]).toBe(0);
        for (const [row, value] of column.subarray(0, values.length).entries()) {
          const bin = bins[row] as number;
          if (bin > 1) expect(value).toBeGreaterThan(edges[bin - 2] as number);
          if (bin <= edges.length) expect(value).toBeLessThanOrEqual(edges[bin - 1] as number);
        }
      }),
    );
  });
});

describe('packed gradients', () => {
  test('sums are the same in every order and within their rounding of the true sums', () => {
    const uniform = uniformStream(3);
    const count = 20_000;
    const gradient = Float32Array.from({ length: count }, () => uniform() - 0.5);
    const hessian = Float32Array.from({ length: count }, uniform);
    const packed = new Float64Array(count);
    packGradients(gradient, hessian, count, uniform, packed);
    const forward = packed.reduce((sum, value) => sum + value, 0);
    expect(packed.toReversed().reduce((sum, value) => sum + value, 0)).toBe(forward);
    const g = Math.floor(forward / PACK);
    const h = forward - g * PACK;
    const truth = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);
    expect((g / 255) * 0.5).toBeCloseTo(truth(gradient), -1);
    expect(h / 127 / truth(hessian)).toBeCloseTo(1, 2);
  });

  test('the largest sums still fit a double exactly', () => {
    expect(255 * PACKED_ROWS_MAX * PACK + 127 * PACKED_ROWS_MAX).toBeLessThan(Number.MAX_SAFE_INTEGER);
    expect(127 * PACKED_ROWS_MAX).toBeLessThan(PACK);
  });
});

describe('a tree', () => {
  test('splits where the gradient steps, and every row lies in the leaf that it walks to', () => {
    const { matrix } = rows(2000);
    const bins = binMatrix(matrix, binEdges(matrix));
    const bag = Int32Array.from({ length: 2000 }, (_, row) => row);
    const packed = Float64Array.from(
      bag,
      (row) => ((matrix.values[2 * row] as number) > 0.5 ? -100 : 100) * PACK + 50,
    );
    const grower = new TreeGrower(bins, 2000, { leaves_max: 2, leaf_rows_min: 10, lambda: 1 });
    const tree = grower.grow(bag, packed, 2000, Int32Array.of(0, 1));
    expect(tree.feature[0]).toBe(0);
    expect(tree.leaves).toHaveLength(2);
    for (const { from, to } of tree.leaves) {
      const high = Array.from(
        grower.rows.subarray(from, to),
        (row) => (matrix.values[2 * row] as number) > 0.5,
      );
      const share = high.filter(Boolean).length / high.length;
      expect(Math.min(share, 1 - share)).toBeLessThan(0.05);
    }
    expect(grower.rows.slice(0, 2000).sort()).toEqual(bag);
  });
});

describe('boosting', () => {
  const { matrix, target, weight } = rows(6000);
  const edges = binEdges(matrix);
  const bins = binMatrix(matrix, edges);
  const probes = binMatrix({ rows: 2, features: 2, values: Float32Array.of(0.2, 0.5, 0.8, 0.5) }, edges);

  test('the mean of each side of a step is found', () => {
    const { ensemble, mean } = boostMean({ bins, target, weight }, { ...OPTIONS, leaf_rows_min: 500 });
    const total = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);
    expect(total(mean) / total(target)).toBeCloseTo(1, 1);
    const [low, high] = predict(ensemble, probes);
    expect(Math.exp(low as number)).toBeGreaterThan(0.85);
    expect(Math.exp(low as number)).toBeLessThan(1.15);
    expect(Math.exp(high as number)).toBeGreaterThan(3.5);
    expect(Math.exp(high as number)).toBeLessThan(4.5);
  });

  test('quantiles of an exponential law are found on each side: −ln(1 − level) × mean', () => {
    const ensemble = boostQuantiles({ bins, target, weight }, [0.5, 0.9], { ...OPTIONS, trees: 120 });
    const got = predict(ensemble, probes);
    [1, 4].forEach((mean, side) => {
      [0.5, 0.9].forEach((level, head) => {
        const truth = -Math.log(1 - level) * mean;
        expect(Math.abs((got[2 * head + side] as number) - truth)).toBeLessThan(0.2 * truth);
      });
    });
  });

  test('the same seed grows the same trees, another seed others', () => {
    const grow = (seed: number): Float32Array =>
      boostMean({ bins, target, weight }, { ...OPTIONS, seed }).mean;
    expect(grow(1)).toEqual(grow(1));
    expect(grow(1)).not.toEqual(grow(2));
  });

  test('the starting mean counts a row as often as its weight says', () => {
    const heavy = Float32Array.from(target, (_, row) => (row % 2 === 0 ? 3 : 1));
    const mean = (of: Float32Array): number => {
      const { ensemble } = boostMean({ bins, target, weight: of }, { ...OPTIONS, trees: 0 });
      return Math.exp(ensemble.base[0] as number);
    };
    const even = target.filter((_, row) => row % 2 === 0).reduce((sum, value) => sum + value, 0);
    const odd = target.filter((_, row) => row % 2 === 1).reduce((sum, value) => sum + value, 0);
    expect(mean(heavy)).toBeCloseTo((3 * even + odd) / (2 * target.length), 3);
  });
});
