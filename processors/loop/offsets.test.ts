import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, lagOf, pendingRanges, runDeliveriesMax, type Offsets } from './offsets.ts';

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

describe('what one run may take in', () => {
  test('is deliveries_max for what comes in live, half of a longer backlog, and bounded', () => {
    expect(runDeliveriesMax(0, 100)).toBe(100);
    expect(runDeliveriesMax(200, 100)).toBe(100);
    expect(runDeliveriesMax(1_001, 100)).toBe(501);
    expect(runDeliveriesMax(1e9, 100)).toBe(2_000);
    expect(runDeliveriesMax(1e9, 500_000)).toBe(1_000_000);
  });

  test('takes in a backlog of any length in a number of runs that grows with its logarithm until the bound', () => {
    let backlog = 1_000_000;
    let runs = 0;
    for (; backlog > 0; runs += 1) backlog -= Math.min(backlog, runDeliveriesMax(backlog, 100_000));
    expect(runs).toBeLessThanOrEqual(5);
  });
});
