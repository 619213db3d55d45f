import { expect, test } from 'vitest';
import { ABSURD_TIMES, absurdBound } from './absurd.ts';

test('a series that sold often enough has a bound of so many times its median sale, days without a sale aside', () => {
  const sales = [0, 1, 2, 3, 4, 0, 5, 6, 7, 8, Number.NaN];
  expect(absurdBound(Float32Array.from([...sales, 5 * ABSURD_TIMES + 1]))).toBe(5 * ABSURD_TIMES);
  expect(absurdBound(Float32Array.from([...sales, 5 * ABSURD_TIMES]))).toBe(Number.POSITIVE_INFINITY);
  expect(absurdBound(Float32Array.from([1, 2, 3, 9_999_999]))).toBe(Number.POSITIVE_INFINITY);
});
