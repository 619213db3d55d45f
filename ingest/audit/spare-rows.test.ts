import { describe, expect, it } from 'vitest';
import { spareRows, type PlacedRow } from './spare-rows.ts';

const row = (offset: number, part: string, digest = `digest ${offset}`): PlacedRow => ({
  offset,
  part,
  row: 0,
  digest,
});

describe('the spare rows', () => {
  it('are all but the first that equals the message', () => {
    const rows = [row(1, 'a'), row(2, 'a', 'wrong'), row(2, 'b'), row(2, 'c')];
    const given = new Map([
      [1, 'digest 1'],
      [2, 'digest 2'],
    ]);
    expect(spareRows(rows, given)).toEqual([row(2, 'a', 'wrong'), row(2, 'c')]);
  });

  it('are not named when no copy equals the message', () => {
    expect(spareRows([row(2, 'a', 'wrong'), row(2, 'b', 'wrong')], new Map([[2, 'digest 2']]))).toBeNull();
    expect(spareRows([row(2, 'a'), row(2, 'b')], new Map([[2, null]]))).toBeNull();
  });

  it('are named without the message only where all copies are equal', () => {
    expect(spareRows([row(2, 'a'), row(2, 'b')], null)).toEqual([row(2, 'b')]);
    expect(spareRows([row(2, 'a'), row(2, 'b', 'another')], null)).toBeNull();
  });
});
