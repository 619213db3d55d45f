import { expect, test } from 'vitest';
import { caseCode, checkDigit, gtin13, unitCode } from './codes.ts';

// GS1 General Specifications, 7.9.1 (GTIN-13 629104150021-3), and the SSCC of its section 7.9.1 (37610425002123456-9).
test.each([
  ['629104150021', '3'],
  ['37610425002123456', '9'],
])('the check digit of %s is the published %s', (digits, expected) => {
  expect(checkDigit(digits)).toBe(expected);
});

test('a code is a Digital Link with all its digits', () => {
  expect(gtin13(1)).toMatch(/^9520001\d{6}$/);
  expect(unitCode(gtin13(1), 'A1')).toMatch(/\/01\/0\d{13}\/21\/A1$/);
  expect(caseCode(12)).toMatch(/\/00\/\d{18}$/);
});
