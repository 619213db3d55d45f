import { expect, test } from 'vitest';
import { caseCode, gtin13, unitCode } from './codes.ts';

test('a code is a Digital Link with all its digits', () => {
  expect(gtin13(1)).toMatch(/^9520001\d{6}$/);
  expect(unitCode(gtin13(1), 'A1')).toMatch(/\/01\/0\d{13}\/21\/A1$/);
  expect(caseCode(12)).toMatch(/\/00\/\d{18}$/);
});
