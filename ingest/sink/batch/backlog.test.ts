import { describe, expect, it } from 'vitest';
import type { Intent } from '../protocol/intent.ts';
import { Backlog } from './backlog.ts';
import { BATCH_BYTES_MAX, BATCH_ROWS_MAX } from './bounds.ts';

const open = (first: number, last: number): Intent => ({
  kind: 'insert',
  first,
  last,
  n: last - first + 1,
  hash: '',
  ingested_at_ms: 0,
  attempt: 0,
  salt: 0,
});

function backlogOf(offsets: readonly number[], bytes = 1): Backlog {
  const backlog = new Backlog();
  for (const offset of offsets) backlog.push({ offset, key: null, value: Buffer.alloc(bytes) });
  return backlog;
}
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
const offsetsOf = (batch: readonly { offset: number }[]): number[] => batch.map(({ offset }) => offset);

describe('a batch', () => {
  it('is of consecutive offsets: it ends before a gap', () => {
    const backlog = backlogOf([3, 4, 6, 7]);
    expect(offsetsOf(backlog.take(null))).toEqual([3, 4]);
    expect(offsetsOf(backlog.take(null))).toEqual([6, 7]);
    expect(backlog.take(null)).toEqual([]);
  });

  it('has at most its number of rows', () => {
    expect(backlogOf(range(0, BATCH_ROWS_MAX + 5)).take(null).length).toBe(BATCH_ROWS_MAX);
  });

  it('has at most its bytes, but always one row', () => {
    const backlog = backlogOf([0, 1, 2], BATCH_BYTES_MAX + 1);
    expect(offsetsOf(backlog.take(null))).toEqual([0]);
    expect(backlog.bytes).toBe(2 * (BATCH_BYTES_MAX + 1));
  });

  it('is exactly the range of an open intent, and what comes before that is one of its own', () => {
    const backlog = backlogOf(range(0, 10));
    expect(offsetsOf(backlog.take(open(3, 5)))).toEqual([0, 1, 2]);
    expect(offsetsOf(backlog.take(open(3, 5)))).toEqual([3, 4, 5]);
    expect(offsetsOf(backlog.take(open(3, 5)))).toEqual([6, 7, 8, 9]);
  });
});
