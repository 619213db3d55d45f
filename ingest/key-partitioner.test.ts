import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Partitioners } from './kafka.ts';
import { partitionOf } from './key-partitioner.ts';

describe('partitionOf', () => {
  // From UtilsTest.testMurmur2 of Apache Kafka: the hashes, made positive, modulo a prime above all of them but one.
  it.each<[string, number]>([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %s is what the Java client computes', (key, hash) => {
    expect(partitionOf(key, 2 ** 31)).toBe(hash & 0x7fffffff);
  });

  it('of any key is that of the partitioner of kafkajs', () => {
    const theirs = Partitioners.DefaultPartitioner();
    const key = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ minLength: 1 }));
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 1000 }), (text, count) => {
        const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
          partitionErrorCode: 0,
          partitionId,
          leader: 1,
          replicas: [1],
          isr: [1],
        }));
        const message = { key: text, value: '' };
        expect(partitionOf(text, count)).toBe(theirs({ topic: 't', partitionMetadata, message }));
      }),
    );
  });
});
