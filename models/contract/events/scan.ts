import { Type, type Static } from 'typebox';
import { defineEventType, type Violation } from '../event-type.ts';
import { Id, IdOrEmpty, Opt, Text, Word, envelope, latitude, longitude } from '../fields.ts';

/** What a code is on. */
export const SCAN_LEVELS = ['unit', 'case', 'pallet'] as const;

/** What was done when the code was scanned; names after GS1's Core Business Vocabulary where it has one. */
export const BIZ_STEPS = [
  'commissioning',
  'packing',
  'unpacking',
  'shipping',
  'receiving',
  'stock_taking',
  'inspecting',
  'retail_selling',
  'consumer_scan',
  'returning',
] as const;
export type BizStep = (typeof BIZ_STEPS)[number];

/** The geodetic datum of `lat` and `lon`: GPS, the Chinese national offset, or Baidu's. */
export const DATUMS = ['wgs84', 'gcj02', 'bd09'] as const;
export type Datum = (typeof DATUMS)[number];

/** One reading of one logistics code. */
export const scan = defineEventType({
  type: 'scan',
  kind: 'event',
  topic: 'dms.scans.v1',
  raw_table: 'raw_scans',
  core_view: 'core_scans',
  key_fields: ['code'],
  schema: Type.Object(
    {
      ...envelope,
      dealer_id: IdOrEmpty('the dealer that scanned; "" only for a consumer\'s scan'),
      code: Id('GS1 Digital Link, EPC URN or a private logistics code', 256),
      level: Word(SCAN_LEVELS, 'what the code is on'),
      biz_step: Word(BIZ_STEPS, 'what was done'),
      sku_id: Id('the product'),
      parent_code: Opt(Id('the case or pallet that contains it', 256)),
      lot: Opt(Id('production lot')),
      to_dealer_id: Opt(IdOrEmpty('shipping: the dealer it is meant for')),
      lat: Opt(latitude()),
      lon: Opt(longitude()),
      accuracy_m: Opt(
        Type.Number({ minimum: 0, maximum: 40_000_000, description: 'radius of the position, metres' }),
      ),
      datum: Opt(Word(DATUMS, 'datum of lat and lon; wgs84 when left out')),
      session_id: Opt(Id('the consumer session or device session that scanned', 128)),
      device_id: Opt(Id('the device that scanned', 128)),
      photo_ref: Opt(Text('reference of a photo', 1000)),
    },
    { additionalProperties: false },
  ),
  relations: scanRelations,
});
export type ScanEvent = Static<typeof scan.schema>;

function scanRelations(event: Readonly<Record<string, unknown>>): Violation[] {
  const violations: Violation[] = [];
  if (event['dealer_id'] === '' && event['biz_step'] !== 'consumer_scan') {
    violations.push({ pointer: '/dealer_id', detail: 'may be empty only when biz_step is consumer_scan' });
  }
  const hasLat = event['lat'] !== undefined && event['lat'] !== null;
  const hasLon = event['lon'] !== undefined && event['lon'] !== null;
  if (hasLat !== hasLon) {
    violations.push({
      pointer: hasLat ? '/lon' : '/lat',
      detail: 'lat and lon are given together or not at all',
    });
  }
  return violations;
}
