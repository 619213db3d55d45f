import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { covers, isAdcode, prefectureOf, provinceOf } from './adcode.ts';

const county = fc
  .tuple(fc.integer({ min: 11, max: 65 }), fc.integer({ min: 1, max: 53 }), fc.integer({ min: 1, max: 99 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(''));

describe('adcode', () => {
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

  test('a county is covered by itself, its prefecture and its province, and covers neither of them', () => {
    fc.assert(
      fc.property(county, (code) => {
        const prefecture = `${code.slice(0, 4)}00`;
        for (const wider of [code, prefecture, provinceOf(code)]) expect(covers([wider], code)).toBe(true);
        expect(covers([code], prefecture)).toBe(false);
        expect(covers([prefecture], provinceOf(code))).toBe(false);
      }),
    );
  });

  test('a list covers exactly what one of its codes covers', () => {
    fc.assert(
      fc.property(fc.array(county, { maxLength: 5 }), county, (territory, code) => {
        expect(covers(territory, code)).toBe(territory.some((one) => covers([one], code)));
      }),
    );
    expect(covers([], '330205')).toBe(false);
    expect(covers(['330000', '310000'], '310115')).toBe(true);
    expect(covers(['330200'], '330300')).toBe(false);
  });

  test('only six digits with a province part are a code', () => {
    expect(['330205', '820000'].every(isAdcode)).toBe(true);
    expect(['33020', '3302055', '030205', '99000a', ''].some(isAdcode)).toBe(false);
  });
});
