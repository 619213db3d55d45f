import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit, hasCheckDigit } from './check-digit.ts';
import { digitalLink, packedGtin, readGs1 } from './identifier.ts';

describe('check digits', () => {
  // Published examples: GS1 General Specifications, 7.9.1 (GTIN-13, SSCC), the EPC Tag Data Standard (SSCC, GTIN-14).
  it.each(['6291041500213', '376104250021234569', '106141412345678908', '80614141123458'])(
    '%s is right',
    (key) => {
      expect(hasCheckDigit(key)).toBe(true);
    },
  );

  it('any single wrong digit is seen', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^\d{13}$/),
        fc.nat(13),
        fc.integer({ min: 1, max: 9 }),
        (digits, at, by) => {
          const key = digits + checkDigit(digits);
          const wrong = String((Number(key[at]) + by) % 10);
          expect(hasCheckDigit(key.slice(0, at) + wrong + key.slice(at + 1))).toBe(false);
        },
      ),
    );
  });
});

describe('readGs1', () => {
  // The pairs of URN and key stand in the EPC Tag Data Standard, sections 6.3 and 7.
  it.each([
    [
      'urn:epc:id:sgtin:0614141.812345.6789',
      { key: 'sgtin', gtin: '80614141123458', serial: '6789', lot: '' },
    ],
    [
      'urn:epc:id:sgtin:0614141.112345.32a%2Fb',
      { key: 'sgtin', gtin: '10614141123459', serial: '32a/b', lot: '' },
    ],
    ['urn:epc:id:sscc:0614141.1234567890', { key: 'sscc', sscc: '106141412345678908' }],
    ['urn:epc:id:sgln:0614141.12345.400', { key: 'gln', gln: '0614141123452', extension: '400' }],
    ['urn:epc:id:sgln:0614141.12345.0', { key: 'gln', gln: '0614141123452', extension: '' }],
    ['urn:epc:id:pgln:0614141.12345', { key: 'gln', gln: '0614141123452', extension: '' }],
    ['urn:epc:class:lgtin:4012345.012345.998877', { key: 'gtin', gtin: '04012345123456', lot: '998877' }],
    ['urn:epc:idpat:sgtin:4012345.012345.*', { key: 'gtin', gtin: '04012345123456', lot: '' }],
    [
      'https://id.gs1.org/01/09506000134352/21/ABC',
      { key: 'sgtin', gtin: '09506000134352', serial: 'ABC', lot: '' },
    ],
    [
      'https://shop.example.cn/p/01/9506000134352/10/L%207/21/A?17=271200#x',
      { key: 'sgtin', gtin: '09506000134352', serial: 'A', lot: 'L 7' },
    ],
    [
      'https://id.gs1.org/gtin/09506000134352/ser/A',
      { key: 'sgtin', gtin: '09506000134352', serial: 'A', lot: '' },
    ],
    ['urn:epc:id:grai:9521234.67890.A%2F1', { key: 'grai', grai: '9521234678908', serial: 'A/1' }],
    ['https://id.example.cn/8003/09521234678908A%2F1', { key: 'grai', grai: '9521234678908', serial: 'A/1' }],
    ['urn:epc:id:giai:9521234.T7.b', { key: 'giai', giai: '9521234T7.b' }],
    ['https://id.gs1.org/8004/9521234T7.b', { key: 'giai', giai: '9521234T7.b' }],
    ['https://id.gs1.org/00/106141412345678908', { key: 'sscc', sscc: '106141412345678908' }],
    [
      'https://shop.example.cn/00/p/01/09506000134352/21/A',
      { key: 'sgtin', gtin: '09506000134352', serial: 'A', lot: '' },
    ],
    ['https://id.gs1.org/414/9521321000018/254/A', { key: 'gln', gln: '9521321000018', extension: 'A' }],
  ])('%s', (uri, identifier) => {
    expect(readGs1(uri)).toEqual(identifier);
  });

  it.each([
    ['https://id.gs1.org/01/09506000134353/21/ABC', 'the check digit of the GTIN is 3; 2 is right'],
    ['https://id.gs1.org/00/106141412345678901', 'the check digit of the SSCC is 1; 8 is right'],
    ['https://id.gs1.org/01/12345/21/ABC', 'a GTIN has 8, 12, 13, 14 digits'],
    [
      'urn:epc:id:sgtin:0614141.81234.6789',
      'the company prefix and the reference of a GTIN have 13 digits together',
    ],
    ['urn:epc:id:sgtin:06141.81234567.6789', 'a company prefix has 6 to 12 digits'],
    ['urn:epc:id:sgtin:0614141.812345', 'the serial number is missing'],
    ['https://id.gs1.org/8003/09521234678909A', 'the check digit of the GRAI is 9; 8 is right'],
    ['https://id.gs1.org/8003/9521234678908', 'a GRAI has 0, 13 digits and a serial number'],
    ['urn:epc:id:grai:9521234.67890', 'the serial number of a GRAI has 1 to 16 characters'],
    [
      `urn:epc:id:giai:9521234.${'7'.repeat(24)}`,
      'a GIAI begins with a company prefix and has at most 30 characters',
    ],
  ])('refuses %s', (uri, fault) => {
    expect(readGs1(uri)).toEqual({ fault });
  });

  it.each([
    'LOG-1234',
    'urn:epc:id:gsrn:9521234.0000000017',
    // An item with a third party's serial number.
    'https://id.gs1.org/01/09506000134352/235/7xZ',
    'https://example.com/anything',
    'urn:uuid:1',
    // Paths of a domain's own that hold the number or the name of a key.
    'https://example.cn/labels/2026/01/17',
    'https://example.cn/party/42',
    'https://example.cn/constructor/valueOf/1',
  ])('has nothing to say of %s', (uri) => {
    expect(readGs1(uri)).toBeUndefined();
  });

  it('every form of a code leads to one link, which leads back to it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 12 }),
        fc.stringMatching(/^\d{13}$/),
        fc.stringMatching(/^[A-Za-z0-9/%&+-]{1,20}$/),
        (length, digits, serial) => {
          const urn = `urn:epc:id:sgtin:${digits.slice(1, 1 + length)}.${digits[0]}${digits.slice(1 + length)}.${encodeURIComponent(serial)}`;
          const item = readGs1(urn);
          if (item === undefined || 'fault' in item || item.key !== 'sgtin') throw new Error(urn);
          const link = digitalLink(item, 'https://id.example.com');
          expect(readGs1(link)).toEqual(item);
          expect(item).toMatchObject({ serial, gtin: digits + checkDigit(digits) });
        },
      ),
    );
  });

  it('a packaging with an indicator tells the item that it holds', () => {
    expect(packedGtin('10614141073464')).toBe('00614141073467');
    expect(packedGtin('80614141073463')).toBe('00614141073467');
    expect(packedGtin('00614141073467')).toBeUndefined();
    expect(packedGtin('90614141073460')).toBeUndefined();
  });
});
