/**
 * GS1 codes. The company prefix 952 is the one that GS1 keeps for demonstrations and examples, so no code here can be a real
 * product's. A Digital Link stands on a domain reserved for examples (RFC 2606).
 */
const COMPANY_PREFIX = '9520001';
const RESOLVER = 'https://id.example.com';

/** GS1's check digit over a code's other digits: weights 3 and 1 alternate from the right (GS1 General Specifications, 7.9). */
export function checkDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++)
    sum += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
  return String((10 - (sum % 10)) % 10);
}

/** The GTIN-13 of the n-th product. */
export function gtin13(item: number): string {
  const digits = `${COMPANY_PREFIX}${String(item).padStart(5, '0')}`;
  return digits + checkDigit(digits);
}

/** A unit's code: GS1 Digital Link with GTIN-14 (01) and serial number (21). */
export function unitCode(gtin: string, serial: string): string {
  return `${RESOLVER}/01/${gtin.padStart(14, '0')}/21/${serial}`;
}

/** A case's code: GS1 Digital Link with the SSCC (00) of the n-th case. */
export function caseCode(serial: number): string {
  const digits = `1${COMPANY_PREFIX}${String(serial).padStart(9, '0')}`;
  return `${RESOLVER}/00/${digits}${checkDigit(digits)}`;
}
