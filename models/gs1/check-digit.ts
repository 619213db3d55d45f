/**
 * GS1's check digit over a key's other digits: weights 3 and 1 alternate from the right (GS1 General Specifications, 7.9).
 * @param digits the key without its last digit: 7, 11, 12, 13 or 17 of them
 */
export function checkDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++)
    sum += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
  return String((10 - (sum % 10)) % 10);
}

/** Whether the last digit of a GTIN, SSCC or GLN is right. */
export function hasCheckDigit(key: string): boolean {
  return checkDigit(key.slice(0, -1)) === key.slice(-1);
}
