import { checkDigit, hasCheckDigit } from './check-digit.ts';
import { unescaped } from './unescaped.ts';

/** What a URI names, in GS1's keys (GS1 Digital Link 1.4; EPC Tag Data Standard 2.1, section 6.3). */
export type Gs1Identifier =
  /** One item of a product. */
  | { readonly key: 'sgtin'; readonly gtin: string; readonly serial: string; readonly lot: string }
  /** A product, or a lot of it: no single item. */
  | { readonly key: 'gtin'; readonly gtin: string; readonly lot: string }
  /** A logistic unit. */
  | { readonly key: 'sscc'; readonly sscc: string }
  /** A place or a party; `extension` of a place is "" where there is none. */
  | { readonly key: 'gln'; readonly gln: string; readonly extension: string };

/** Why a URI that has the form of one of the keys is none. */
export interface Gs1Fault {
  readonly fault: string;
}

const SERIAL_MAX = 20;
const PREFIX_MIN = 6;
const PREFIX_MAX = 12;

/**
 * Reads a GS1 Digital Link or an EPC URN. GTINs come with 14 digits.
 * @returns undefined for a URI of another kind (GIAI, GRAI, a private code), which has no key that is read here
 */
export function readGs1(uri: string): Gs1Identifier | Gs1Fault | undefined {
  if (/^urn:epc:(?:id|idpat|class):/i.test(uri)) return readUrn(uri);
  if (/^https?:\/\//i.test(uri)) return readLink(uri);
  return undefined;
}

/**
 * The one Digital Link of an item or a logistic unit, without lot, dates and query, so that all forms of a code are equal.
 * @param resolver scheme and domain on which it stands, e.g. `https://id.gs1.org`
 */
export function digitalLink(
  identifier: Extract<Gs1Identifier, { key: 'sgtin' | 'sscc' }>,
  resolver: string,
): string {
  return identifier.key === 'sscc'
    ? `${resolver}/00/${identifier.sscc}`
    : `${resolver}/01/${identifier.gtin}/21/${encodeURIComponent(identifier.serial)}`;
}

function readUrn(uri: string): Gs1Identifier | Gs1Fault | undefined {
  const [, , , scheme = '', ...rest] = uri.split(':');
  const [prefix = '', reference = '', ...others] = rest.join(':').split('.');
  const tail = others.join('.');
  switch (scheme.toLowerCase()) {
    case 'sgtin':
    case 'lgtin': {
      const gtin = ofPrefix(prefix, reference, 13, 'GTIN', true);
      if (typeof gtin !== 'string') return gtin;
      if (scheme.toLowerCase() === 'lgtin') return { key: 'gtin', gtin, lot: unescaped(tail) };
      if (tail === '*') return { key: 'gtin', gtin, lot: '' };
      return itemOf(gtin, unescaped(tail), '');
    }
    case 'sscc': {
      const sscc = ofPrefix(prefix, reference, 17, 'SSCC', true);
      return typeof sscc === 'string' ? { key: 'sscc', sscc } : sscc;
    }
    case 'sgln':
    case 'pgln': {
      const gln = ofPrefix(prefix, reference, 12, 'GLN', false);
      if (typeof gln !== 'string') return gln;
      // Extension 0 says that there is none.
      return { key: 'gln', gln, extension: tail === '0' ? '' : unescaped(tail) };
    }
    default:
      return undefined;
  }
}

/** A key out of a company prefix and a reference, whose first digit (indicator, extension) stands before the prefix. */
function ofPrefix(
  prefix: string,
  reference: string,
  length: number,
  name: string,
  isFirstMoved: boolean,
): string | Gs1Fault {
  const isPrefix = /^\d+$/.test(prefix) && prefix.length >= PREFIX_MIN && prefix.length <= PREFIX_MAX;
  if (!isPrefix) return { fault: `a company prefix has ${PREFIX_MIN} to ${PREFIX_MAX} digits` };
  if (!/^\d*$/.test(reference) || prefix.length + reference.length !== length) {
    return { fault: `the company prefix and the reference of a ${name} have ${length} digits together` };
  }
  const digits = isFirstMoved ? `${reference.slice(0, 1)}${prefix}${reference.slice(1)}` : prefix + reference;
  return digits + checkDigit(digits);
}

/** Names that GS1 once allowed in links instead of the numbers. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['gtin', '01'],
  ['sscc', '00'],
  ['lot', '10'],
  ['ser', '21'],
  ['gln', '414'],
  ['glnx', '254'],
  ['party', '417'],
]);
/** Digits that each key may have in a link. */
const LENGTHS: ReadonlyMap<string, readonly number[]> = new Map([
  ['00', [18]],
  ['01', [8, 12, 13, 14]],
  ['414', [13]],
  ['417', [13]],
]);

function readLink(uri: string): Gs1Identifier | Gs1Fault | undefined {
  if (!URL.canParse(uri)) return undefined;
  const parts = new URL(uri).pathname.split('/').filter((part) => part !== '');
  const numbers = parts.map((part) => ALIASES.get(part.toLowerCase()) ?? part);
  const at = keyIndex(parts, numbers);
  if (at === undefined) return undefined;
  const key = numbers[at];
  const value = parts[at + 1] ?? '';
  const qualifier = (ai: string): string => {
    for (let i = at + 2; i + 1 < parts.length; i += 2)
      if (numbers[i] === ai) return unescaped(parts[i + 1] ?? '');
    return '';
  };
  if (key === '00') {
    const fault = faultOf(value, key, 'SSCC');
    return fault ?? { key: 'sscc', sscc: value };
  }
  if (key === '01') {
    const fault = faultOf(value, key, 'GTIN');
    if (fault !== undefined) return fault;
    const gtin = gtin14(value);
    const serial = qualifier('21');
    const lot = qualifier('10');
    return serial === '' ? { key: 'gtin', gtin, lot } : itemOf(gtin, serial, lot);
  }
  return faultOf(value, '414', 'GLN') ?? { key: 'gln', gln: value, extension: qualifier('254') };
}

/**
 * Where the key stands: the pairs behind it qualify it, and before it may be a path of the domain's own. There a number of the
 * key's form makes it one: a path may well hold "01" (a month) or "party" that is no key.
 */
function keyIndex(parts: readonly string[], numbers: readonly string[]): number | undefined {
  const at = numbers.findIndex((key, i) => LENGTHS.get(key)?.includes(digitsOf(parts[i + 1])) === true);
  if (at !== -1) return at;
  const [first = ''] = parts;
  return parts.length > 1 && LENGTHS.has(first) ? 0 : undefined;
}

/** How many digits a text of digits has; 0 for any other. */
function digitsOf(text = ''): number {
  return /^\d+$/.test(text) ? text.length : 0;
}

function itemOf(gtin: string, serial: string, lot: string): Gs1Identifier | Gs1Fault {
  if (serial === '') return { fault: 'the serial number is missing' };
  if (serial.length > SERIAL_MAX) return { fault: `a serial number has at most ${SERIAL_MAX} characters` };
  return { key: 'sgtin', gtin, serial, lot };
}

function faultOf(value: string, key: string, name: string): Gs1Fault | undefined {
  const lengths = LENGTHS.get(key) ?? [];
  if (!lengths.includes(digitsOf(value))) {
    return { fault: `a ${name} has ${lengths.join(', ')} digits` };
  }
  if (hasCheckDigit(value)) return undefined;
  return {
    fault: `the check digit of the ${name} is ${value.slice(-1)}; ${checkDigit(value.slice(0, -1))} is right`,
  };
}

/** A GTIN-8, -12, -13 or -14 with 14 digits, as data compares them. */
export function gtin14(gtin: string): string {
  return gtin.padStart(14, '0');
}
