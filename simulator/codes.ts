import { checkDigit } from '../models/gs1/check-digit.ts';

/**
 * GS1 codes. The company prefix 952 is the one that GS1 keeps for demonstrations and examples, so no code here can be a real
 * product's. A Digital Link stands on a domain reserved for examples (RFC 2606).
 */
const COMPANY_PREFIX = '9520001';
const RESOLVER = 'https://id.example.com';

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
