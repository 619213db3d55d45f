import { describe, expect, it } from 'vitest';
import type { Intent } from '../protocol/intent.ts';
import { Backlog } from './backlog.ts';
import { BATCH_BYTES_MAX, BATCH_ROWS_MAX, LANE_ROWS_MAX } from './bounds.ts';
import { LinePlace, LineRun } from './line-run.ts';

const place = new LinePlace('dms.scans.v1', 0);

const open = (first: number, last: number): Intent => ({
  kind: 'insert',
  first,
  last,
  n: last - first + 1,
  hash: '',
  ingested_at_ms: 0,
  attempt: 0,
  salt: 0,
  shared: '',
});

function backlogOf(offsets: readonly number[], bytes = 8, intent: Intent | null = null): Backlog<LineRun> {
  const backlog = new Backlog<LineRun>((spare) => LineRun.empty(place, spare), intent);
  const value = Buffer.from(`{"a":"${'x'.repeat(bytes - 8)}"}`);
  for (const offset of offsets) backlog.push({ offset, key: null, value });
  return backlog;
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
const offsetsOf = (batch: LineRun | null): number[] =>
  batch === null ? [] : range(batch.first, batch.length);

describe('a batch', () => {
  it('is of consecutive offsets: it ends before a gap', () => {
    const backlog = backlogOf([3, 4, 6, 7]);
    expect(offsetsOf(backlog.take())).toEqual([3, 4]);
    expect(offsetsOf(backlog.take())).toEqual([6, 7]);
    expect(backlog.take()).toBeNull();
  });

  it('has at most its number of rows', () => {
    const backlog = backlogOf(range(0, BATCH_ROWS_MAX + 5));
    expect(backlog.hasFullBatch).toBe(true);
    expect(backlog.take()?.length).toBe(BATCH_ROWS_MAX);
    expect(backlog.take()?.length).toBe(5);
  });

  it('has at most its bytes, but always one row', () => {
    const backlog = backlogOf([0, 1, 2], BATCH_BYTES_MAX / 2);
    expect(offsetsOf(backlog.take())).toEqual([0]);
    expect(backlog.rows).toBe(2);
    expect(backlog.bytes).toBeGreaterThanOrEqual(BATCH_BYTES_MAX);
  });

  it('is exactly the range of an open intent, and what comes before that is one of its own', () => {
    const backlog = backlogOf(range(0, 10), 8, open(3, 5));
    expect(offsetsOf(backlog.take())).toEqual([0, 1, 2]);
    expect(offsetsOf(backlog.take())).toEqual([3, 4, 5]);
    expect(offsetsOf(backlog.take())).toEqual([6, 7, 8, 9]);
  });

  it('does not wait for an open range that lies further than may wait at once', () => {
    const backlog = backlogOf(range(0, LANE_ROWS_MAX), 8, open(LANE_ROWS_MAX + 10, LANE_ROWS_MAX + 20));
    expect(backlog.full).toBe(true);
    expect(backlog.hasBatchBeforeOpen).toBe(true);
    expect(backlog.take()?.length).toBe(BATCH_ROWS_MAX);
    expect(backlog.hasBatchBeforeOpen).toBe(false);
    for (const offset of range(LANE_ROWS_MAX, 11)) backlog.push({ offset, key: null, value: null });
    expect(backlog.hasBatchBeforeOpen).toBe(true);
    backlog.take();
    expect(backlog.hasBatchBeforeOpen).toBe(false);
  });

  it('is not cut within the range of an open intent, whatever its size', () => {
    const backlog = backlogOf([0, 1, 2, 3], BATCH_BYTES_MAX / 2, open(0, 2));
    expect(offsetsOf(backlog.take())).toEqual([0, 1, 2]);
    expect(offsetsOf(backlog.take())).toEqual([3]);
  });

  it('gives back what it took of memory', () => {
    const backlog = backlogOf(range(0, 1_000));
    backlog.take();
    expect([backlog.rows, backlog.bytes]).toEqual([0, 0]);
  });
});
