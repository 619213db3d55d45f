import { describe, expect, test } from 'vitest';
import { hour } from './some-trail.ts';
import { coveredCodes, type Received } from './transfer-quota.ts';

const received = (code: string, at: number, units: number, parent_code = ''): Received => ({
  code,
  parent_code,
  received_at: hour(at),
  units,
});
const covered = (goods: readonly Received[], qty: number, pack = 4): string[] => [
  ...coveredCodes(goods, qty, pack),
];

describe('the quantity of a transfer', () => {
  test('covers what is received first, in whole packs, and nothing beyond', () => {
    const cases = [received('C', 3, 4), received('A', 1, 4), received('B', 2, 4)];
    expect(covered(cases, 8)).toEqual(['A', 'B']);
    expect(covered(cases, 5)).toEqual(['A', 'B']);
    expect(covered(cases, 4)).toEqual(['A']);
    expect(covered(cases, 0)).toEqual([]);
  });

  test('is not used up by what does not fit: a pallet beyond it is not covered, the case after it is', () => {
    expect(covered([received('PALLET', 1, 160), received('A', 2, 4)], 4)).toEqual(['A']);
  });

  test('counts the units of a case once, whichever is scanned first', () => {
    const units = [received('U1', 2, 1, 'A'), received('U2', 3, 1, 'A')];
    expect(covered([received('A', 1, 4), ...units, received('B', 4, 4)], 8)).toEqual(['A', 'U1', 'U2', 'B']);
    expect(covered([...units, received('A', 4, 4), received('B', 5, 4)], 8)).toEqual(['U1', 'U2', 'A', 'B']);
    expect(covered([...units, received('A', 4, 4), received('B', 5, 4)], 4)).toEqual(['U1', 'U2', 'A']);
  });
});
