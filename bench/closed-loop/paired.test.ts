import { expect, it } from 'vitest';
import { intervalOf, pairedRatio } from './paired.ts';

it('has the interval of Student’s t', () => {
  // Deviation √2.5, t(0.975, 4) = 2.776: ± 2.776 · 1.58114 ÷ √5.
  const { mean, half_width } = intervalOf([1, 2, 3, 4, 5]);
  expect(mean).toBe(3);
  expect(half_width).toBeCloseTo(1.9629, 4);
  expect(intervalOf([7])).toEqual({ mean: 7, half_width: null });
  expect(() => intervalOf([])).toThrow(RangeError);
});

it('lets what differs between seeds drop out of a ratio', () => {
  expect(pairedRatio([1, 10, 100], [2, 20, 200])).toEqual({ mean: 0.5, half_width: 0 });
});
