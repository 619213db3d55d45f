import { readGs1 } from '../gs1/identifier.ts';
import { OWN } from './vocabulary.ts';

/** RFC 3986: what may stand in a path, a query and a fragment. */
const PCHAR = String.raw`(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})`;
const URI = new RegExp(
  String.raw`^(?:https?://[\w.~-]+(?::\d{1,5})?(?:/${PCHAR}*)?|urn:[a-z\d][a-z\d-]{1,31}:${PCHAR}+)` +
    String.raw`(?:\?(?:${PCHAR}|\?)*)?(?:#(?:${PCHAR}|\?)*)?$`,
  'i',
);

/**
 * A code as others read it: URNs and links stay as they are; what is none, or names no item in GS1's sense (a wrong check
 * digit, a mere product), becomes a URN of this system.
 */
export function codeUri(code: string): string {
  if (!isPlainUri(code)) return exactCodeUri(code);
  const identifier = readGs1(code);
  if (identifier === undefined) return code;
  const isNoItem = 'fault' in identifier || identifier.key === 'gtin' || identifier.key === 'gln';
  return isNoItem ? exactCodeUri(code) : code;
}

/** A code in a form that is read back as it is, not as GS1's one form of it. */
export function exactCodeUri(code: string): string {
  const isRead = isPlainUri(code) && readGs1(code) === undefined;
  return isRead ? code : `${OWN}code:${encodeURIComponent(code)}`;
}

export function dealerUri(dealer_id: string): string {
  return `${OWN}dealer:${encodeURIComponent(dealer_id)}`;
}

function isPlainUri(code: string): boolean {
  return URI.test(code) && !code.startsWith(OWN);
}

/** A number without an exponent, which a geo URI cannot have. */
export function decimal(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return value.toLocaleString('en-US', { useGrouping: false, maximumSignificantDigits: 17 });
}
