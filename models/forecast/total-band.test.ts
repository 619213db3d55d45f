import fc from 'fast-check';
import { expect, test } from 'vitest';
import { totalQuantile } from './total-band.ts';

const deviations = fc.array(fc.double({ min: 0.1, max: 50, noNaN: true }), { minLength: 2, maxLength: 40 });

test('the band of a total is narrower than the sum of its parts’ bands, and wider than if all errors were independent', () => {
  fc.assert(
    fc.property(deviations, (parts) => {
      const sum = parts.reduce((total, part) => total + part, 0);
      const squares = parts.reduce((total, part) => total + part * part, 0);
      const mean = sum * 4;
      const half = (squares_of: number, sum_of: number): number =>
        totalQuantile({ mean, squares: squares_of, deviations: sum_of }, 0.9) - mean;
      const total = half(squares, sum);
      expect(total).toBeLessThan(half(sum * sum, sum));
      expect(total).toBeGreaterThan(half(squares, 0));
    }),
  );
});

test('without spread every quantile is the mean', () => {
  expect(totalQuantile({ mean: 7, squares: 0, deviations: 0 }, 0.1)).toBe(7);
});
