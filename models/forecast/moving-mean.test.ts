import { expect, test } from 'vitest';
import { movingMean } from './moving-mean.ts';

test('a day out of stock is left out of the mean, a day without demand is not', () => {
  expect(movingMean([4, null, 2])).toBe(3);
  expect(movingMean([4, 0, 2])).toBe(2);
  expect(movingMean([null, null])).toBeNull();
});

test('days before the window do not count', () => {
  expect(movingMean([100, ...Array<number>(28).fill(2)])).toBe(2);
});
