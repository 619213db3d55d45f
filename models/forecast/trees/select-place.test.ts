import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectPlace } from './select-place.ts';

test('a place holds what it would after sorting; what lies beyond the count is not touched', () => {
  const numbers = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ noNaN: true })), {
    minLength: 1,
    maxLength: 200,
  });
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (drawn, share) => {
      const values = Float32Array.from([...drawn, 7, -7]);
      const sorted = Float32Array.from(drawn).sort();
      const place = Math.floor(share * (drawn.length - 1));
      // −0 and 0 are equal, in whatever order.
      expect(selectPlace(values, drawn.length, place) === sorted[place]).toBe(true);
      expect([...values.subarray(drawn.length)]).toEqual([7, -7]);
      expect(values.subarray(0, drawn.length).toSorted()).toEqual(sorted);
    }),
  );
});
