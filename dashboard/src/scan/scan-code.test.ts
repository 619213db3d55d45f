import { describe, expect, test } from 'vitest';
import { readCode } from './scan-code.ts';

describe('what a phone reads', () => {
  test.each([
    ['https://id.example.com/01/09520001000014/21/A1', 'unit', '09520001000014'],
    ['https://id.example.com/01/09520001000014/10/L7/21/A1?17=271231', 'unit', '09520001000014'],
    ['urn:epc:id:sgtin:9520001.000001.A1', 'unit', 'urn:epc:id:sgtin:9520001.000001'],
    ['https://id.example.com/00/195200010000000015', 'case', ''],
    ['urn:epc:id:sscc:9520001.1000000001', 'case', ''],
    ['DX-2026-000017', 'unit', ''],
  ] as const)('%s is a %s', (text, level, product) => {
    expect(readCode(` ${text}\n`)).toEqual({ code: text, level, product });
  });

  test('an element string of a Data Matrix or a Code 128 becomes the link that stands for it', () => {
    const gs = '\u001d';
    expect(readCode(`]d2010952000100001417271231` + `10L7${gs}21A/1`)).toEqual({
      code: 'https://id.gs1.org/01/09520001000014/21/A%2F1',
      level: 'unit',
      product: '09520001000014',
    });
    expect(readCode(']C100195200010000000015')?.code).toBe('https://id.gs1.org/00/195200010000000015');
    expect(readCode(`${gs}010952000100001421XYZ`)?.code).toBe('https://id.gs1.org/01/09520001000014/21/XYZ');
  });

  test('what names no item is none: a product’s barcode, nothing, too much', () => {
    for (const text of ['9520001000014', '12345678', '', '   ', 'x'.repeat(257)])
      expect(readCode(text)).toBeNull();
  });
});
