import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAdcode, mayLieIn, prefectureOf, provinceOf } from './adcode.ts';

const county = fc
  .tuple(fc.integer({ min: 11, max: 65 }), fc.integer({ min: 1, max: 53 }), fc.integer({ min: 1, max: 99 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(''));

describe('adcode', () => {
  test.each(['', '0', '330'])('%j names no place, so it has no prefecture', (text) => {
    expect(prefectureOf(text)).toBeNull();
  });

  test.each([
    ['330205', '330000', '330200'],
    ['330200', '330000', '330200'],
    ['310115', '310000', '310000'],
    ['429004', '420000', '429004'],
    ['710000', '710000', '710000'],
    ['330000', '330000', null],
    ['469000', '460000', null],
  ])('%s lies in province %s and prefecture-level unit %s', (adcode, province, prefecture) => {
    expect(provinceOf(adcode)).toBe(province);
    expect(prefectureOf(adcode)).toBe(prefecture);
  });

  test('a county lies in itself, its prefecture and its province, and these may lie in it', () => {
    fc.assert(
      fc.property(county, county, (code, other) => {
        const prefecture = `${code.slice(0, 4)}00`;
        for (const wider of [code, prefecture, provinceOf(code)]) {
          expect(mayLieIn(code, [wider])).toBe(true);
          expect(mayLieIn(wider, [code])).toBe(true);
        }
        if (code !== other) expect(mayLieIn(code, [other])).toBe(false);
      }),
    );
  });

  test.each([
    ['330200', '330300', false],
    ['330200', '330305', false],
    ['330000', '310000', false],
    ['310000', '310115', true],
    ['310000', '310100', true],
    ['310115', '310100', true],
    ['310115', '310106', false],
    ['500000', '500100', true],
    ['429004', '429004', true],
    ['429004', '429005', false],
    ['429004', '429000', true],
    ['420100', '429004', false],
    ['', '330000', false],
  ])('%s in %s: %s', (adcode, division, is_in) => {
    expect(mayLieIn(adcode, [division])).toBe(is_in);
    expect(mayLieIn(adcode, ['650000', division])).toBe(is_in);
    expect(mayLieIn(adcode, [])).toBe(false);
  });

  test('only six digits with a province part are a code', () => {
    expect(['330205', '820000'].every(isAdcode)).toBe(true);
    expect(['33020', '3302055', '030205', '99000a', ''].some(isAdcode)).toBe(false);
  });
});
