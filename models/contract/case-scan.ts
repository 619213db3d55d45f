import { Type, type Static } from 'typebox';
import { ALERT_KINDS } from './alert.ts';
import { BIZ_STEPS, SCAN_LEVELS } from './events/scan.ts';
import { Adcode, Id, Instant, Word } from './fields.ts';

/** One scan of the way that a case's goods went. What is not known is left out. */
export const CaseScan = Type.Object(
  {
    event_time: Instant('when it happened'),
    source: Id('feed of the scan'),
    event_id: Id('id of the scan, unique within its source'),
    code: Id('the code, or the case or pallet that it was in', 256),
    level: Word(SCAN_LEVELS, 'what the code is on'),
    biz_step: Word(BIZ_STEPS, 'what was done'),
    dealer_id: Type.Optional(Id('who scanned; left out: a consumer')),
    dealer_name: Type.Optional(Type.String({ description: 'its name then' })),
    to_dealer_id: Type.Optional(Id('of a shipment: for whom')),
    parent_code: Type.Optional(Id('the container that the scan names', 256)),
    found_adcode: Type.Optional(Adcode('prefecture in which it was scanned')),
    lat_wgs84: Type.Optional(Type.Number({ description: 'degrees' })),
    lon_wgs84: Type.Optional(Type.Number({ description: 'degrees' })),
    accuracy_m: Type.Optional(Type.Number({ description: 'radius of the position, metres' })),
    kinds: Type.Array(Word(ALERT_KINDS, 'what the rules say of it'), { description: 'empty: nothing' }),
  },
  { additionalProperties: false },
);
export type CaseScan = Static<typeof CaseScan>;
