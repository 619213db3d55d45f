import { describe, expect, it } from 'vitest';
import { growthOf, quantilesOf } from './quantiles.ts';

describe('quantiles', () => {
  it('are of the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(quantilesOf(hundred)).toEqual({ p50: 50, p90: 90, p99: 99 });
  });

  it('count what never arrived as the slowest', () => {
    expect(quantilesOf([3, null, 1, 2])).toEqual({ p50: 2, p90: null, p99: null });
  });
});

describe('growth', () => {
  it('is 1 where latency stands still, and more where it piles up', () => {
    expect(growthOf([5, 5, 5, 5, 5, 5])).toBe(1);
    expect(growthOf([1, 1, 2, 2, 4, 4])).toBe(4);
    expect(growthOf([1, 1, 2, 2, null, null])).toBeNull();
  });
});
