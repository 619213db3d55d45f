import { Type, type Static } from 'typebox';
import { Adcode, Currency, Id, Instant, SignedMoney, Text, Word } from './fields.ts';

/** The life of a case. */
export const CASE_STATES = [
  'open',
  'acknowledged',
  'investigating',
  'confirmed',
  'dismissed',
  'closed',
] as const;
export type CaseState = (typeof CASE_STATES)[number];

/** Moves that a person may make. A confirmed or dismissed case can only be closed or taken up again. */
export const CASE_MOVES: Readonly<Record<CaseState, readonly CaseState[]>> = {
  open: ['acknowledged', 'investigating', 'confirmed', 'dismissed'],
  acknowledged: ['open', 'investigating', 'confirmed', 'dismissed'],
  investigating: ['acknowledged', 'confirmed', 'dismissed'],
  confirmed: ['investigating', 'closed'],
  dismissed: ['investigating', 'closed'],
  closed: ['investigating'],
};

/** What people may say of cases together: that they are one, or that some are not part of it after all. */
export const GROUPING_ACTIONS = ['merge', 'split'] as const;
export type GroupingAction = (typeof GROUPING_ACTIONS)[number];

/** So many cases may be part of another at most. */
export const CASE_MEMBERS_MAX = 100;

export const ALERT_SEVERITIES = ['critical', 'warning', 'info'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** In what order cases are listed, each from the highest. */
export const CASE_SORTS = ['newest', 'value', 'confidence'] as const;
export type CaseSort = (typeof CASE_SORTS)[number];

/** The signals that a case can rest on. */
export const ALERT_KINDS = [
  'out_of_territory',
  'clone',
  'impossible_travel',
  'scan_order',
  'wrong_receiver',
  'broken_aggregation',
  'missing_scans',
  'below_floor',
  'order_surge',
  'paired_buyer',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** At most so many codes are listed in a case; the evidence has them all. */
export const ALERT_CODES_MAX = 100;

/** A case: the contract's alert. */
export const Alert = Type.Object(
  {
    alert_id: Id('stable id of the case'),
    state: Word(CASE_STATES, 'where it stands'),
    severity: Word(ALERT_SEVERITIES, 'how urgent it is'),
    kinds: Type.Array(Word(ALERT_KINDS, 'a signal'), { minItems: 1 }),
    confidence: Type.Number({ minimum: 0, maximum: 1, description: 'probability that it is real' }),
    origin_dealer_id: Id('the dealer that the goods were shipped to'),
    found_dealer_id: Type.Optional(Id('the dealer that had them')),
    found_adcode: Type.Optional(Adcode('where they were found')),
    found_territory_id: Type.Optional(
      Id('the territory whose outline holds the place, where it is in no division, as in other countries'),
    ),
    sku_id: Id('the product'),
    lot: Type.Optional(Id('production lot')),
    units: Type.Number({ minimum: 0, description: 'units involved' }),
    value: SignedMoney('their value'),
    currency: Currency(),
    // Of any length: who writes to Kafka beside the edge is not held to its limit, and a case about it must still be read.
    codes: Type.Array(Type.String({ description: 'a code' }), { maxItems: ALERT_CODES_MAX }),
    first_event_time: Instant('first scan or order of the case'),
    last_event_time: Instant('last scan or order of the case'),
    raised_at: Instant('when it was raised'),
    updated_at: Instant('when it last changed'),
    assignee: Type.Optional(Id('who works on it', 128)),
    reason: Type.Optional(Text('reason of its state')),
    lapsed_at: Type.Optional(
      Instant(
        'since when what is known would raise it no more: its evidence was explained by later data or taken back, or verdicts on others of its kind leave too little of it. It stands because somebody took it up, or as a part of another; its figures are as they last were',
      ),
    ),
    merged_into: Type.Optional(
      Id('the case that this one is part of: that one is listed, counted and moved in its place'),
    ),
    member_ids: Type.Optional(
      Type.Array(Id('a case'), {
        maxItems: CASE_MEMBERS_MAX,
        description: 'the cases that people merged into this one, whose goods it covers',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Alert = Static<typeof Alert>;

/** The same case with its fields in the order of the schema: as JSON it is one text, however it came about. */
export function inOrder(alert: Alert): Alert {
  const places = new Map(Object.keys(Alert.properties).map((name, place) => [name, place]));
  const place = (name: string): number => places.get(name) ?? places.size;
  const fields = Object.entries(alert).toSorted(([a], [b]) => place(a) - place(b));
  return Object.fromEntries(fields) as Alert;
}

/** A case with the names that people know its dealers and product by; what is not known is left out. */
export const NamedAlert = Type.Object({
  ...Alert.properties,
  origin_dealer_name: Type.Optional(
    Type.String({ description: 'the dealer that the goods were shipped to' }),
  ),
  origin_adcode: Type.Optional(Adcode('authorised region')),
  found_dealer_name: Type.Optional(Type.String({ description: 'the dealer that had them' })),
  sku_name: Type.Optional(Type.String({ description: 'the product' })),
});
export type NamedAlert = Static<typeof NamedAlert>;
