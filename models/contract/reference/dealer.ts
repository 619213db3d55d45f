import { Type, type Static } from 'typebox';
import { defineEventType } from '../event-type.ts';
import {
  Adcode,
  Day,
  Id,
  IdOrEmpty,
  Int,
  Opt,
  Text,
  Word,
  envelope,
  latitude,
  longitude,
  validity,
} from '../fields.ts';
import { validityOrder } from './validity-order.ts';

/** The life of a dealer. */
export const DEALER_STATUSES = ['prospect', 'contracted', 'active', 'suspended', 'closed'] as const;

/** One version of a dealer. */
export const dealer = defineEventType({
  type: 'dealer',
  kind: 'reference',
  topic: 'dms.ref.dealer.v1',
  raw_table: 'raw_dealers',
  core_view: 'core_dealers',
  key_fields: ['dealer_id'],
  schema: Type.Object(
    {
      ...envelope,
      ...validity,
      dealer_id: Id('the dealer'),
      name: Text('name of the dealer', 200),
      tier: Int('level in the channel, 1 buys from HQ', 0, 255),
      parent_dealer_id: Opt(IdOrEmpty('the dealer it buys from; empty when it buys from HQ')),
      territory_id: IdOrEmpty('the territory it may sell in'),
      adcode: Opt(Adcode()),
      lat: Opt(latitude()),
      lon: Opt(longitude()),
      status: Word(DEALER_STATUSES, 'where it stands in its life'),
      wave: Opt(Id('roll-out wave that it came in with')),
      licence_expires: Opt(Day('last day of its licence')),
    },
    { additionalProperties: false },
  ),
  relations: validityOrder,
});
export type DealerVersion = Static<typeof dealer.schema>;
