import { Type, type Static } from 'typebox';
import { defineEventType } from '../event-type.ts';
import { Id, IdOrEmpty, Opt, Text, envelope } from '../fields.ts';

/**
 * A scan is declared an error by who sent it: from then on it counts no more, in no figure, whenever it arrives. It has the
 * `source`, `event_id`, `code` and `dealer_id` of the scan. Written by the edge out of EPCIS error declarations.
 */
export const scanRetraction = defineEventType({
  type: 'scan_retraction',
  kind: 'internal',
  topic: 'dms.scan_retractions.v1',
  raw_table: 'raw_scan_retractions',
  core_view: 'core_scan_retractions',
  key_fields: ['code'],
  schema: Type.Object(
    {
      ...envelope,
      dealer_id: IdOrEmpty('the dealer that scanned; "" only for a consumer\'s scan'),
      code: Id('the code that was scanned', 256),
      reason: Opt(Text('why, in a word of the Core Business Vocabulary')),
      corrective_event_ids: Opt(Text('EPCIS ids of the events that hold instead, parted by spaces', 4_000)),
    },
    { additionalProperties: false },
  ),
});
export type ScanRetractionEvent = Static<typeof scanRetraction.schema>;
