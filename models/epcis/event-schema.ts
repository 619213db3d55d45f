import { Type, type Static } from 'typebox';
import { Instant } from '../contract/fields.ts';

/**
 * What is read of an EPCIS 2.0 document; all else of the standard (dispositions, sensors, transactions, extensions) may
 * stand beside it and is passed over. Drafts of the standard said `isA` where it says `type`, and a bare URI for a place.
 */
const Uri = (description: string) => Type.String({ minLength: 1, maxLength: 2_000, description });
const Place = Type.Union(
  [
    Type.Object({ id: Uri('a place: SGLN, GLN link, geo URI or a dealer') }),
    Uri('the same, as drafts had it'),
  ],
  { 'x-expected': 'an object whose id is a URI' },
);
const OneOrMany = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Union([Type.Array(item), item]);

const Party = Type.Object({
  type: Uri('owning_party, possessing_party or location'),
  source: Type.Optional(Uri('whom or where it comes from')),
  destination: Type.Optional(Uri('whom or where it goes to')),
});

export const EpcisEvent = Type.Object({
  type: Type.Optional(Type.String()),
  isA: Type.Optional(Type.String()),
  eventID: Type.Optional(Uri('name of the event')),
  eventTime: Instant('when it happened'),
  eventTimeZoneOffset: Type.Optional(
    Type.String({
      // As in GS1's JSON schema.
      pattern: '^([+]|[-])((0[0-9]|1[0-3]):([0-5][0-9])|14:00)$',
      'x-expected': 'an offset from UTC, as +08:00',
      description: 'the local time of the event; eventTime says its own',
    }),
  ),
  action: Type.Optional(Type.Enum(['ADD', 'OBSERVE', 'DELETE'], { 'x-expected': 'ADD, OBSERVE or DELETE' })),
  bizStep: Type.Optional(Uri('business step')),
  epcList: Type.Optional(Type.Array(Uri('an item'))),
  parentID: Type.Optional(Uri('the container')),
  childEPCs: Type.Optional(Type.Array(Uri('an item in the container'))),
  quantityList: Type.Optional(Type.Array(Type.Object({ epcClass: Uri('a product or a lot') }))),
  childQuantityList: Type.Optional(Type.Array(Type.Object({ epcClass: Uri('a product or a lot') }))),
  readPoint: Type.Optional(Place),
  bizLocation: Type.Optional(Place),
  sourceList: Type.Optional(OneOrMany(Party)),
  destinationList: Type.Optional(OneOrMany(Party)),
  ilmd: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  errorDeclaration: Type.Optional(
    Type.Object({
      declarationTime: Instant('when the error was declared'),
      reason: Type.Optional(Uri('why')),
      correctiveEventIDs: Type.Optional(Type.Array(Uri('the event that holds instead'))),
    }),
  ),
});
export type EpcisEvent = Static<typeof EpcisEvent>;

/** The events are looked at one by one, so that each is told by itself what is wrong with it. */
export const EpcisDocument = Type.Object({
  type: Type.Optional(Type.String()),
  isA: Type.Optional(Type.String()),
  '@context': Type.Optional(Type.Unknown()),
  schemaVersion: Type.Optional(
    Type.Union(
      [Type.String({ pattern: '^2(\\.\\d+)*$' }), Type.Number({ minimum: 2, exclusiveMaximum: 3 })],
      { 'x-expected': 'a version 2 of EPCIS: another has other names and another form' },
    ),
  ),
  epcisBody: Type.Object({ eventList: Type.Array(Type.Unknown()) }),
});
export type EpcisDocument = Static<typeof EpcisDocument>;
