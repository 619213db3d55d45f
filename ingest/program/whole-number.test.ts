import { describe, expect, it } from 'vitest';
import { wholeNumber, wholeNumbers } from './whole-number.ts';

describe('a whole number of a command', () => {
  it.each(['', ' ', 'many', '-1', '1.5', '1e3', '0x10', '0', '9007199254740993'])(
    'is not %j where 1 is the least',
    (text) => {
      expect(() => wholeNumber(1)(text)).toThrow('not a whole number ≥ 1');
    },
  );

  it('is what its digits say', () => {
    expect(wholeNumber(0)('0')).toBe(0);
    expect(wholeNumber(1)('5000000')).toBe(5_000_000);
    expect(wholeNumbers(1)('1000,5000')).toEqual([1_000, 5_000]);
    expect(() => wholeNumbers(1)('1000,')).toThrow('not a whole number ≥ 1');
  });
});
