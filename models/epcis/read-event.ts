import type { BizStep, ScanEvent } from '../contract/events/scan.ts';
import type { ScanRetractionEvent } from '../contract/events/scan-retraction.ts';
import type { Violation } from '../contract/event-type.ts';
import { readGs1 } from '../gs1/identifier.ts';
import { unescaped } from '../gs1/unescaped.ts';
import { readEpc, type ReadEpc } from './code.ts';
import type { EpcisEvent } from './event-schema.ts';
import { dealerOf, geoPoint, type GeoPoint } from './place.ts';
import { epcsOf, type EpcRole } from './roles.ts';
import { OWN, bareWord, bizStepOf } from './vocabulary.ts';

/** What a document does not say of itself. */
export interface CaptureSetting {
  /** Feed id of the scans. */
  readonly source: string;
  /** Who scanned, where an event names no place or party. */
  readonly dealer_id?: string;
  /** Scheme and domain of the Digital Links that codes become. */
  readonly resolver: string;
  /** Name of this contract's fields in the document, up to the colon: its context's prefix for `urn:dealerstream:`. */
  readonly own_prefix: string;
  /** SKU of a GTIN (14 digits), if the reference data know one. */
  readonly skuOf: (gtin: string) => string | undefined;
  /** What the document says of the contents of a container, by its code. */
  readonly contents: ReadonlyMap<string, Contents>;
  /** A short name for a long text, the same for the same text: at most 64 characters. */
  readonly hash: (text: string) => string;
}

/** The contents of a container, as far as scans of the container need them. */
export interface Contents {
  readonly gtin: string;
  readonly holds_logistic_units: boolean;
}

/** What became of one event. */
export type ReadEvent =
  | { readonly scans: readonly ScanEvent[] }
  | { readonly retractions: readonly ScanRetractionEvent[] }
  /** Right as it is, but nothing that this system keeps. */
  | { readonly ignored: Violation }
  | { readonly violations: readonly [Violation, ...Violation[]] };

/** SKU of a container of which nothing says what it holds. */
export const SKU_UNKNOWN = 'unknown';
const SCANNED = ['ObjectEvent', 'AggregationEvent', 'TransactionEvent'];

/**
 * An Object-, Aggregation- or TransactionEvent as scans, one for each item that it names; as their retractions where it
 * declares an error. The same event gives the same ids, however often it is captured: they are made of its `eventID`, or of
 * all that it says, and the code; an event that this system has written gets back its own.
 */
export function readEpcisEvent(event: EpcisEvent, setting: CaptureSetting): ReadEvent {
  const kind = event.type ?? event.isA ?? '';
  if (!SCANNED.includes(bareKind(kind))) {
    const detail = `is of type ${JSON.stringify(kind)}; scans are made of ${SCANNED.join(', ')}`;
    return { ignored: { pointer: '/type', detail } };
  }
  const roles = epcsOf(event, bareKind(kind));
  if (roles.length === 0) {
    return { ignored: { pointer: '', detail: 'names no single item, so there is nothing that was scanned' } };
  }
  const violations: Violation[] = [];
  const who = whoScanned(event, setting, violations);
  const named = {
    event,
    name: event.eventID ?? setting.hash(allOf(event)),
    own: ownFields(event, setting.own_prefix),
  };
  const read = roles.flatMap((role) => scanOf(role, named, who, setting, violations) ?? []);
  const [first, ...rest] = violations;
  if (first !== undefined) return { violations: [first, ...rest] };
  const scans = [...new Map(read.map((scan) => [scan.event_id, scan])).values()];
  const { errorDeclaration: error } = event;
  if (error === undefined) return { scans };
  return {
    retractions: scans.map(({ event_id, source, dealer_id, code }) => ({
      event_id,
      source,
      event_time: error.declarationTime,
      dealer_id,
      code,
      ...(error.reason !== undefined && { reason: bareWord(error.reason) }),
      ...(error.correctiveEventIDs !== undefined && {
        corrective_event_ids: error.correctiveEventIDs.join(' '),
      }),
    })),
  };
}

function bareKind(kind: string): string {
  return kind.split(/[/:]/).at(-1) ?? '';
}

interface Who {
  readonly dealer_id: string;
  readonly to_dealer_id: string;
  readonly at: GeoPoint | undefined;
}

function whoScanned(event: EpcisEvent, setting: CaptureSetting, violations: Violation[]): Who {
  const step = stepOf(event);
  const at = event.readPoint && geoPoint(event.readPoint.id);
  const readAt = at === undefined ? event.readPoint?.id : undefined;
  const place: Named[] = [
    { pointer: '/bizLocation/id', uri: event.bizLocation?.id },
    { pointer: '/readPoint/id', uri: readAt },
  ];
  const from = partiesOf(event, 'source', ['possessing_party', 'owning_party', 'location']);
  const to = partiesOf(event, 'destination', ['owning_party', 'possessing_party', 'location']);
  // Who ships is who had the goods: where they are next is nobody's place.
  const scanned = firstNamed(
    step === 'shipping' ? [...from, ...place] : [...place, ...(step === 'receiving' ? to : [])],
  );
  const dealer_id = scanned ? dealerAt(scanned, violations) : (setting.dealer_id ?? '');
  if (dealer_id === '' && step !== 'consumer_scan' && violations.length === 0) {
    const detail = 'neither the event nor the request (?dealer_id=) says who scanned';
    violations.push({ pointer: '/bizLocation', detail });
  }
  const meant = step === 'shipping' ? firstNamed(to) : undefined;
  return { dealer_id, to_dealer_id: meant ? dealerAt(meant, violations) : '', at };
}

interface Named {
  readonly pointer: string;
  readonly uri: string | undefined;
}

function firstNamed(named: readonly Named[]): { readonly pointer: string; readonly uri: string } | undefined {
  for (const { pointer, uri } of named) if (uri !== undefined) return { pointer, uri };
  return undefined;
}

function dealerAt({ pointer, uri }: { pointer: string; uri: string }, violations: Violation[]): string {
  const dealer = dealerOf(uri);
  if ('dealer_id' in dealer) return dealer.dealer_id;
  violations.push({ pointer, detail: dealer.fault });
  return '';
}

/** Sources or destinations of these kinds, in this order. */
function partiesOf(event: EpcisEvent, side: 'source' | 'destination', kinds: readonly string[]): Named[] {
  const name = `${side}List` as const;
  const given = event[name];
  const list = given === undefined ? [] : Array.isArray(given) ? given : [given];
  return kinds.flatMap((kind) =>
    list.flatMap((party, i) =>
      bareWord(party.type) === kind
        ? [{ pointer: Array.isArray(given) ? `/${name}/${i}/${side}` : `/${name}/${side}`, uri: party[side] }]
        : [],
    ),
  );
}

/** What was done with the items; what an event without a step does is read off its action. */
function stepOf(event: EpcisEvent): BizStep {
  if (event.bizStep !== undefined) return bizStepOf(event.bizStep);
  return event.action === 'ADD' ? 'commissioning' : 'inspecting';
}

/** An event with what is asked of it for each of its items. */
interface NamedEvent {
  readonly event: EpcisEvent;
  /** Its `eventID`, else a hash of all that it says. */
  readonly name: string;
  readonly own: OwnFields;
}

function scanOf(
  role: EpcRole,
  { event, name, own }: NamedEvent,
  who: Who,
  setting: CaptureSetting,
  violations: Violation[],
): ScanEvent | undefined {
  const epc = readEpc(role.epc, setting.resolver);
  if (typeof epc === 'string') {
    violations.push({ pointer: role.pointer, detail: epc });
    return undefined;
  }
  const parent_code = parentOf(role, own, setting, violations);
  const contents = epc.is_logistic_unit ? setting.contents.get(epc.code) : undefined;
  const gtin = epc.gtin === '' ? (contents?.gtin ?? productOf(event)) : epc.gtin;
  const lot = own['lot'] ?? lotOf(epc, event);
  return {
    ...identityOf(name, epc.code, setting),
    event_time: event.eventTime,
    dealer_id: who.dealer_id,
    code: epc.code,
    level: levelOf(own['level'], epc, contents),
    biz_step: role.step ?? stepOf(event),
    sku_id: own['sku_id'] ?? (gtin === '' ? SKU_UNKNOWN : (setting.skuOf(gtin) ?? gtin)),
    ...(parent_code !== undefined && { parent_code }),
    ...(lot !== '' && { lot }),
    ...(who.to_dealer_id !== '' && { to_dealer_id: who.to_dealer_id }),
    ...who.at,
  };
}

function parentOf(
  role: EpcRole,
  own: OwnFields,
  setting: CaptureSetting,
  violations: Violation[],
): string | undefined {
  const told = role.parent ?? own['parent_code'];
  if (told === undefined) return undefined;
  const parent = readEpc(told, setting.resolver);
  if (typeof parent !== 'string') return parent.code;
  violations.push({ pointer: '/parentID', detail: parent });
  return undefined;
}

type OwnFields = Readonly<Partial<Record<string, string>>>;

/** Fields of this contract that an event carries beside the standard's. */
function ownFields(event: EpcisEvent, prefix: string): OwnFields {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(event)) {
    if (typeof value !== 'string' || value === '') continue;
    if (name.startsWith(`${prefix}:`)) fields[name.slice(prefix.length + 1)] = value;
    else if (name.startsWith(OWN)) fields[name.slice(OWN.length)] = value;
  }
  return fields;
}

function levelOf(own: string | undefined, epc: ReadEpc, contents: Contents | undefined): ScanEvent['level'] {
  if (own === 'unit' || own === 'case' || own === 'pallet') return own;
  return contents?.holds_logistic_units === true ? 'pallet' : epc.level;
}

/** The product that quantities beside the items name. */
function productOf(event: EpcisEvent): string {
  for (const { epcClass } of [...(event.quantityList ?? []), ...(event.childQuantityList ?? [])]) {
    const gtin = gtinOfClass(epcClass);
    if (gtin !== '') return gtin;
  }
  return '';
}

function gtinOfClass(epcClass: string): string {
  const identifier = readGs1(epcClass);
  if (identifier === undefined || 'fault' in identifier) return '';
  return identifier.key === 'gtin' || identifier.key === 'sgtin' ? identifier.gtin : '';
}

function lotOf(epc: ReadEpc, event: EpcisEvent): string {
  if (epc.lot !== '') return epc.lot;
  for (const [name, value] of Object.entries(event.ilmd ?? {})) {
    if (bareWord(name) === 'lotnumber' && typeof value === 'string') return value;
  }
  return '';
}

function identityOf(
  name: string,
  code: string,
  { source, hash }: CaptureSetting,
): Pick<ScanEvent, 'source' | 'event_id'> {
  const own = `${OWN}event:`;
  if (name.startsWith(own)) {
    const [ownSource = '', id = ''] = name.slice(own.length).split(':');
    return { source: unescaped(ownSource), event_id: unescaped(id) };
  }
  return { source, event_id: hash(`${name}\n${code}`) };
}

/** All that an event says, whatever the order of its fields and without what its capture and its declared error add. */
function allOf(event: EpcisEvent): string {
  const rest = Object.fromEntries(
    Object.entries(event).filter(([name]) => name !== 'recordTime' && name !== 'errorDeclaration'),
  );
  return JSON.stringify(rest, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
