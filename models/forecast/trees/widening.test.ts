import { describe, expect, test } from 'vitest';
import { outOfFold, widening } from './widening.ts';
import { uniformStream } from './random.ts';

const LEVELS = [0.1, 0.5, 0.9, 0.95];
const bins = { rows: 6, features: 0, by_feature: new Uint8Array(0) };

describe('widening', () => {
  test('each row gets the mean of a fit in which its fold weighs nothing', () => {
    const rows = { bins, target: Float32Array.of(1, 2, 3, 4, 5, 6), weight: new Float32Array(6).fill(2) };
    const folds = { count: 3, of: [0, 0, 1, 1, 2, 2] };
    const means = outOfFold(folds, rows, ({ weight, target }) => {
      const sum = target.reduce((all, one, row) => all + one * (weight[row] as number), 0);
      return new Float32Array(6).fill(sum / weight.reduce((all, one) => all + one, 0));
    });
    expect([...means]).toEqual([4.5, 4.5, 3.5, 3.5, 2.5, 2.5]);
  });

  test('a fold without others is fitted by itself', () => {
    const rows = { bins, target: new Float32Array(6), weight: new Float32Array(6).fill(1) };
    const folds = { count: 3, of: new Uint8Array(6) };
    const means = outOfFold(folds, rows, ({ weight }) => Float32Array.from(weight));
    expect([...means]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('quantiles of errors that were learned by heart are widened half of the way (in logarithms), others not', () => {
    const count = 4000;
    const uniform = uniformStream(3);
    const noise = Float32Array.from({ length: count }, () => uniform() - 0.5);
    const target = noise.map((one) => 1000 + 4 * one);
    // The means have taken up three quarters of the noise: what is left is a quarter as wide, and the quantiles are made for that.
    const seen = noise.map((one) => 1000 + 3 * one);
    const unseen = new Float32Array(count).fill(1000);
    const ratios = new Float32Array(4 * count);
    LEVELS.forEach((level, head) => ratios.fill(1 + (level - 0.5) / 1000, head * count, (head + 1) * count));
    const [p10, p50, p90, p95] = widening(target, ratios, seen, unseen, LEVELS);
    expect(p50).toBe(1);
    for (const factor of [p10, p90, p95]) expect(factor).toBeCloseTo(2, 1);
    expect(widening(target, ratios, unseen, seen, LEVELS)).toEqual([1, 1, 1, 1]);
  });

  test('no rows, or quantiles that lie on the median, widen nothing', () => {
    const none = new Float32Array(0);
    expect(widening(none, none, none, none, LEVELS)).toEqual([1, 1, 1, 1]);
    const flat = new Float32Array(8).fill(1);
    const ones = new Float32Array(2).fill(1);
    expect(widening(ones, flat, ones, ones, LEVELS)).toEqual([1, 1, 1, 1]);
  });
});
