import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piecesOf, rangesOf, totalOf, without, type OffsetRange } from './ranges.ts';

const offsetsOf = (ranges: readonly OffsetRange[]): number[] =>
  ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
const anyOffsets = fc.uniqueArray(fc.nat(60)).map((offsets) => offsets.sort((a, b) => a - b));
const anyRange = fc.tuple(fc.nat(60), fc.nat(20)).map(([first, more]) => ({ first, last: first + more }));

describe('ranges', () => {
  it('hold the offsets that they are made of, and no two of them touch', () => {
    fc.assert(
      fc.property(anyOffsets, (offsets) => {
        const ranges = rangesOf(offsets);
        expect(offsetsOf(ranges)).toEqual(offsets);
        expect(totalOf(ranges)).toBe(offsets.length);
        for (const [i, range] of ranges.entries()) {
          const before = ranges[i - 1];
          if (before !== undefined) expect(range.first).toBeGreaterThan(before.last + 1);
        }
      }),
    );
  });

  it('cut in pieces are the same offsets, and without holes those that no hole has', () => {
    fc.assert(
      fc.property(anyRange, fc.integer({ min: 1, max: 9 }), fc.array(anyRange), (range, length, holes) => {
        const pieces = [...piecesOf(range, length)];
        expect(offsetsOf(pieces)).toEqual(offsetsOf([range]));
        expect(Math.max(...pieces.map(({ first, last }) => last - first + 1))).toBeLessThanOrEqual(length);
        const holed = new Set(offsetsOf(holes));
        expect(offsetsOf(without(range, holes))).toEqual(
          offsetsOf([range]).filter((offset) => !holed.has(offset)),
        );
      }),
    );
  });
});
