import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BIZ_STEPS, SCAN_LEVELS, type ScanEvent } from '../contract/events/scan.ts';
import { checkDigit } from '../gs1/check-digit.ts';
import { epcisDocument, type ScanRecord } from './document.ts';
import type { EpcisDocument, EpcisEvent } from './event-schema.ts';
import { contentsOf, ownPrefixOf } from './read-document.ts';
import { readEpcisEvent, type CaptureSetting } from './read-event.ts';

const RESOLVER = 'https://qr.example.cn';

/** What a capture makes of a document, by a key that is bound to one dealer. */
function captured(document: object): readonly ScanEvent[] {
  const told = JSON.parse(JSON.stringify(document)) as EpcisDocument;
  const events = told.epcisBody.eventList as EpcisEvent[];
  const setting: CaptureSetting = {
    source: 'of the request',
    dealer_id: 'of the key',
    resolver: RESOLVER,
    own_prefix: ownPrefixOf(told),
    skuOf: (gtin) => `SKU of ${gtin}`,
    contents: contentsOf(events, RESOLVER),
    hash: (text) => text,
  };
  return events.flatMap((event) => {
    const read = readEpcisEvent(event, setting);
    if (!('scans' in read)) throw new Error(JSON.stringify([event, read]));
    return read.scans;
  });
}

/** The scan of the contract that a record came of. */
function scanOf(record: ScanRecord): ScanEvent {
  const { event_id, source, event_time, dealer_id, code, level, biz_step, sku_id } = record;
  const { parent_code, lot, to_dealer_id, lat_wgs84, lon_wgs84, accuracy_m } = record;
  return {
    ...{ event_id, source, event_time, dealer_id, code, level, biz_step, sku_id },
    ...(parent_code !== '' && { parent_code }),
    ...(lot !== '' && { lot }),
    ...(to_dealer_id !== '' && { to_dealer_id }),
    ...(lat_wgs84 !== null && lon_wgs84 !== null && { lat: lat_wgs84, lon: lon_wgs84 }),
    ...(lat_wgs84 !== null && lon_wgs84 !== null && accuracy_m !== null && { accuracy_m }),
  };
}

const text = (maxLength: number) =>
  fc.string({ unit: 'grapheme', minLength: 1, maxLength }).filter((id) => id.length <= maxLength);
const id = fc.oneof(text(16), fc.constantFrom('D 1', '经销商-7', 'urn:x:1', 'a:b/c%20d', 'geo:30,120'));
const gtin = fc.stringMatching(/^\d{13}$/).map((digits) => digits + checkDigit(digits));
const serial = fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/);
const code = fc.oneof(
  text(40),
  fc.tuple(gtin, serial).map(([key, item]) => `${RESOLVER}/01/${key}/21/${item}`),
  fc.tuple(gtin, serial).map(([key, item]) => `http://other.example.com/p/gtin/${key}/10/L7/ser/${item}?x=1`),
  gtin.map((key) => `https://id.gs1.org/01/${key}`),
  fc.stringMatching(/^\d{18}$/).map((digits) => `https://id.gs1.org/00/${digits}`),
  fc.stringMatching(/^\d{17}$/).map((digits) => `${RESOLVER}/00/${digits}${checkDigit(digits)}`),
  fc.tuple(fc.stringMatching(/^\d{6}$/), serial).map(([n, item]) => `urn:epc:id:sgtin:9521234.${n}.${item}`),
  fc.stringMatching(/^\d{10}$/).map((reference) => `urn:epc:id:sscc:9521234.${reference}`),
  fc.constantFrom(
    'urn:epc:id:sgtin:9521234.1',
    'urn:epc:id:giai:9521234.7',
    'https://example.cn/货 1',
    'LOG 77',
  ),
  fc.constantFrom(
    'urn:dealerstream:code:1',
    'urn:epc:id:grai:9521234.67890.A%2F1',
    'https://id.gs1.org/8004/9521234T7',
    'https://example.cn/valueOf/1',
    'https://example.cn/a%',
    '50%41',
  ),
);
const time = fc
  .date({ min: new Date('2026-01-01'), max: new Date('2026-12-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
// A zero is one place, whichever sign it has.
const degrees = (max: number) => fc.double({ min: -max, max, noNaN: true }).map((value) => value + 0);

const record: fc.Arbitrary<ScanRecord> = fc
  .record({
    event_id: id,
    source: id,
    event_time: time,
    ingested_at: time,
    dealer_id: id,
    code,
    level: fc.constantFrom(...SCAN_LEVELS),
    biz_step: fc.constantFrom(...BIZ_STEPS),
    sku_id: id,
    parent_code: fc.oneof(fc.constant(''), code),
    lot: fc.oneof(fc.constant(''), id),
    to_dealer_id: fc.oneof(fc.constant(''), id),
    position: fc.option(fc.tuple(degrees(90), degrees(180))),
    accuracy_m: fc.option(fc.double({ min: 0, max: 40_000_000, noNaN: true })),
    isNobody: fc.boolean(),
  })
  .map(({ position, isNobody, ...scan }) => ({
    ...scan,
    dealer_id: scan.biz_step === 'consumer_scan' && isNobody ? '' : scan.dealer_id,
    lat_wgs84: position?.[0] ?? null,
    lon_wgs84: position?.[1] ?? null,
  }));

describe('a document that is captured again', () => {
  it('gives the same scans, whatever codes, dealers and positions they have', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), (scans) => {
        expect(captured(epcisDocument(scans, '2026-12-01T00:00:00Z'))).toEqual(scans.map(scanOf));
      }),
      { numRuns: 200 },
    );
  });
});
