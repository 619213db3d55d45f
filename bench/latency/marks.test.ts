import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../ingest/key-partitioner.ts';
import { PARTITIONS, RADIX, includedIn, markedOrderId, worthOf } from './marks.ts';

describe('the marks of bench:latency', () => {
  it('gives back how many orders of each partition a sum includes', () => {
    const counts = fc.array(fc.nat({ max: RADIX - 1 }), { minLength: PARTITIONS, maxLength: PARTITIONS });
    fc.assert(
      fc.property(counts, (included) => {
        const value = included.reduce((sum, count, partition) => sum + count * Number(worthOf(partition)), 0);
        expect(Number.isSafeInteger(value)).toBe(true);
        expect(includedIn(value)).toEqual(included);
      }),
    );
  });

  it('names orders that go to the partition', () => {
    for (let n = 0; n < 40; n += 1) {
      expect(partitionOf(markedOrderId(n % PARTITIONS, n), PARTITIONS)).toBe(n % PARTITIONS);
    }
  });
});
