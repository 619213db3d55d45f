import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, lagOf, pendingRanges, type Offsets } from './offsets.ts';

const offsets = (rows: readonly number[]): Offsets => new Map([['t', new Map(rows.map((to, p) => [p, to]))]]);

describe('pending ranges', () => {
  test('run by run they cover every delivery once, in order, and never exceed the bound', () => {
    const backlog = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(backlog, fc.integer({ min: 1, max: 120 }), (heads, bound) => {
        const settled = offsets(heads);
        let done: Offsets = new Map();
        const seen = new Map<number, number>();
        for (;;) {
          const ranges = pendingRanges(['t'], settled, done, bound);
          if (ranges.length === 0) break;
          expect(ranges.reduce((sum, range) => sum + range.to - range.from, 0)).toBeLessThanOrEqual(bound);
          for (const range of ranges) {
            expect(range.from).toBe(seen.get(range.partition) ?? 0);
            seen.set(range.partition, range.to);
          }
          done = advance(done, ranges);
        }
        heads.forEach((head, partition) => {
          expect(seen.get(partition) ?? 0).toBe(head);
        });
        expect(lagOf(['t'], settled, done)).toBe(0);
      }),
    );
  });

  test('a topic that nobody asked for is left alone', () => {
    expect(pendingRanges(['other'], offsets([10]), new Map(), 5)).toEqual([]);
  });
});
