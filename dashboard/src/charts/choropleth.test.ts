import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHOROPLETH_STEPS, choropleth } from './choropleth.ts';

describe('choropleth', () => {
  it('a greater value never has a lighter shade, and every value has one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1 }), (values) => {
        const { step, bounds } = choropleth(values);
        expect(bounds.length).toBeLessThanOrEqual(CHOROPLETH_STEPS);
        const steps = values.toSorted((a, b) => a - b).map((value) => step(value));
        expect(steps).not.toContain(null);
        expect(steps).toEqual(steps.toSorted((a, b) => Number(a) - Number(b)));
      }),
    );
  });

  it('five equal groups of distinct values fill the five shades', () => {
    const { step } = choropleth([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([1, 3, 5, 7, 9].map(step)).toEqual([0, 1, 2, 3, 4]);
  });

  it('nothing sold is no value, not the lightest shade', () => {
    expect(choropleth([0, 0]).bounds).toEqual([]);
    expect(choropleth([1, 2]).step(0)).toBeNull();
    expect(choropleth([1, 2]).step(undefined)).toBeNull();
  });
});
