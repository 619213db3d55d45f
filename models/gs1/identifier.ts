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
  /** A returnable asset, as a crate: the 13 digits of its type, and its serial number. */
  | { readonly key: 'grai'; readonly grai: string; readonly serial: string }
  /** An asset of any other kind. */
  | { readonly key: 'giai'; readonly giai: string }
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
 * @returns undefined for a URI of another kind (GDTI, GSRN, a private code), which has no key that is read here
 */
export function readGs1(uri: string): Gs1Identifier | Gs1Fault | undefined {
  const read = /^urn:epc:(?:id|idpat|class):/i.test(uri)
    ? readUrn
    : /^https?:\/\//i.test(uri)
      ? readLink
      : undefined;
  if (read === undefined) return undefined;
  // A URL would have another character in its place, and no link can be written of it.
  if (/\p{Surrogate}/u.test(uri))
    return { fault: 'contains half of a surrogate pair, which is no character' };
  return read(uri);
}

/**
 * The one Digital Link of an item, a logistic unit or an asset, without lot, dates and query, so that all forms of a code are equal.
 * @param resolver scheme and domain on which it stands, e.g. `https://id.gs1.org`
 */
export function digitalLink(
  identifier: Extract<Gs1Identifier, { key: 'sgtin' | 'sscc' | 'grai' | 'giai' }>,
  resolver: string,
): string {
  switch (identifier.key) {
    case 'sgtin':
      return `${resolver}/01/${identifier.gtin}/21/${encodeURIComponent(identifier.serial)}`;
    case 'sscc':
      return `${resolver}/00/${identifier.sscc}`;
    case 'grai':
      return `${resolver}/8003/0${identifier.grai}${encodeURIComponent(identifier.serial)}`;
    case 'giai':
      return `${resolver}/8004/${encodeURIComponent(identifier.giai)}`;
  }
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
    case 'grai': {
      const grai = ofPrefix(prefix, reference, 12, 'GRAI', false);
      return typeof grai === 'string' ? assetOf(grai, unescaped(tail)) : grai;
    }
    case 'giai': {
      const fault = prefixFault(prefix);
      return fault ?? giaiOf(prefix + unescaped([reference, ...others].join('.')));
    }
    default:
      return undefined;
  }
}

function prefixFault(prefix: string): Gs1Fault | undefined {
  const isPrefix = /^\d+$/.test(prefix) && prefix.length >= PREFIX_MIN && prefix.length <= PREFIX_MAX;
  return isPrefix ? undefined : { fault: `a company prefix has ${PREFIX_MIN} to ${PREFIX_MAX} digits` };
}

/** A key out of a company prefix and a reference, whose first digit (indicator, extension) stands before the prefix. */
function ofPrefix(
  prefix: string,
  reference: string,
  length: number,
  name: string,
  isFirstMoved: boolean,
): string | Gs1Fault {
  const fault = prefixFault(prefix);
  if (fault !== undefined) return fault;
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
  ['grai', '8003'],
  ['giai', '8004'],
]);
/** The form of each key in a link. */
const FORMS: ReadonlyMap<string, RegExp> = new Map([
  ['00', /^\d{18}$/],
  ['01', /^(?:\d{8}|\d{12,14})$/],
  ['414', /^\d{13}$/],
  ['417', /^\d{13}$/],
  ['8003', /^0\d{13}./],
  ['8004', /^\d{6}/],
]);
/** A serial number in place of the maker's (EU tobacco rules): such an item is another key than an SGTIN. */
const THIRD_PARTY_SERIAL = '235';

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
  switch (key) {
    case '00':
      return faultOf(value, key, 'SSCC', '18') ?? { key: 'sscc', sscc: value };
    case '01': {
      const fault = faultOf(value, key, 'GTIN', '8, 12, 13, 14');
      if (fault !== undefined) return fault;
      if (qualifier(THIRD_PARTY_SERIAL) !== '') return undefined;
      const gtin = gtin14(value);
      const serial = qualifier('21');
      const lot = qualifier('10');
      return serial === '' ? { key: 'gtin', gtin, lot } : itemOf(gtin, serial, lot);
    }
    case '8003': {
      const isAsset = FORMS.get(key)?.test(value) === true;
      if (!isAsset) return { fault: 'a GRAI has 0, 13 digits and a serial number' };
      const grai = value.slice(1, 14);
      return checkDigitFault(grai, 'GRAI') ?? assetOf(grai, unescaped(value.slice(14)));
    }
    case '8004':
      return giaiOf(unescaped(value));
    default:
      return (
        faultOf(value, '414', 'GLN', '13') ?? {
          key: 'gln',
          gln: value,
          extension: qualifier('254'),
        }
      );
  }
}

const ASSET_SERIAL_MAX = 16;
const GIAI_MAX = 30;

function assetOf(grai: string, serial: string): Gs1Identifier | Gs1Fault {
  return serial.length >= 1 && serial.length <= ASSET_SERIAL_MAX
    ? { key: 'grai', grai, serial }
    : { fault: `the serial number of a GRAI has 1 to ${ASSET_SERIAL_MAX} characters` };
}

function giaiOf(giai: string): Gs1Identifier | Gs1Fault {
  return /^\d{6}/.test(giai) && giai.length <= GIAI_MAX
    ? { key: 'giai', giai }
    : { fault: `a GIAI begins with a company prefix and has at most ${GIAI_MAX} characters` };
}

/**
 * Where the key stands: the pairs behind it qualify it, and before it may be a path of the domain's own. There a number of the
 * key's form makes it one: a path may well hold "01" (a month) or "party" that is no key.
 */
function keyIndex(parts: readonly string[], numbers: readonly string[]): number | undefined {
  const at = numbers.findIndex((key, i) => FORMS.get(key)?.test(parts[i + 1] ?? '') === true);
  if (at !== -1) return at;
  const [first = ''] = parts;
  return parts.length > 1 && FORMS.has(first) ? 0 : undefined;
}

function itemOf(gtin: string, serial: string, lot: string): Gs1Identifier | Gs1Fault {
  if (serial === '') return { fault: 'the serial number is missing' };
  if (serial.length > SERIAL_MAX) return { fault: `a serial number has at most ${SERIAL_MAX} characters` };
  return { key: 'sgtin', gtin, serial, lot };
}

function faultOf(value: string, key: string, name: string, lengths: string): Gs1Fault | undefined {
  if (FORMS.get(key)?.test(value) !== true) return { fault: `a ${name} has ${lengths} digits` };
  return checkDigitFault(value, name);
}

function checkDigitFault(key: string, name: string): Gs1Fault | undefined {
  if (hasCheckDigit(key)) return undefined;
  return {
    fault: `the check digit of the ${name} is ${key.slice(-1)}; ${checkDigit(key.slice(0, -1))} is right`,
  };
}

/** A GTIN-8, -12, -13 or -14 with 14 digits, as data compares them. */
export function gtin14(gtin: string): string {
  return gtin.padStart(14, '0');
}

/**
 * The GTIN of the item that a higher packaging holds, where its number tells: an indicator of 1 to 8 stands before the item's own number
 * (GS1 General Specifications, 2.1.7); 14 digits. Undefined for an item itself, and for one of variable measure (9).
 */
export function packedGtin(gtin: string): string | undefined {
  if (!/^[1-8]/.test(gtin)) return undefined;
  const item = `0${gtin.slice(1, 13)}`;
  return item + checkDigit(item);
}
