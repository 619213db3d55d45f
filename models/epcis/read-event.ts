import type { BizStep, ScanEvent } from '../contract/events/scan.ts';
import type { ScanRetractionEvent } from '../contract/events/scan-retraction.ts';
import type { Violation } from '../contract/event-type.ts';
import { readGs1 } from '../gs1/identifier.ts';
import { unescaped } from '../gs1/unescaped.ts';
import { readEpc, type ReadEpc } from './code.ts';
import type { EpcisEvent } from './event-schema.ts';
import { dealerOf, geoPoint, type GeoPoint } from './place.ts';
import { productOf, type Contents } from './read-document.ts';
import { epcsOf, itemsOf, type EpcRole } from './roles.ts';
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

/** What became of one event. */
export type ReadEvent =
  | { readonly scans: readonly ScanEvent[] }
  | { readonly retractions: readonly ScanRetractionEvent[] }
  /** Right as it is, but nothing that this system keeps. */
  | { readonly ignored: Violation }
  | { readonly violations: readonly [Violation, ...Violation[]] };

/** SKU of a container of which nothing says what it holds. */
const SKU_UNKNOWN = 'unknown';
const SCANNED = ['ObjectEvent', 'AggregationEvent', 'TransactionEvent'];
const OWN_EVENT = `${OWN}event:`;
/** An event that is named by all that it says may be nested so deep: to write it down takes stack for each level. */
const NAMED_LEVELS_MAX = 500;

/**
 * An Object-, Aggregation- or TransactionEvent as scans, one for each item that it names; as their retractions where it
 * declares an error. The same event gives the same ids, however often it is captured: they are made of its `eventID`, or of
 * all that it says, and the code; an event that this system has written gets back its own. Right, but nothing to keep, is an
 * event of products alone, and a reading on the way of which nothing says whose it is.
 */
export function readEpcisEvent(event: EpcisEvent, setting: CaptureSetting): ReadEvent {
  const kind = event.type ?? event.isA ?? '';
  if (!SCANNED.includes(bareKind(kind))) {
    const detail = `is of type ${JSON.stringify(kind)}; scans are made of ${SCANNED.join(', ')}`;
    return { ignored: { pointer: '/type', detail } };
  }
  if (event.eventID === undefined && nestsDeeper(event, NAMED_LEVELS_MAX)) {
    const detail = `is nested deeper than ${NAMED_LEVELS_MAX} levels; give it an eventID`;
    return { violations: [{ pointer: '', detail }] };
  }
  const name = event.eventID ?? setting.hash(allOf(event));
  const is_own = name.startsWith(OWN_EVENT);
  const all = epcsOf(event, bareKind(kind));
  const roles = is_own ? itemsOf(all) : all;
  if (roles.every(({ epc }) => isProduct(epc))) {
    const pointer = roles[0]?.pointer ?? '';
    return { ignored: { pointer, detail: 'names no single item, so there is nothing that was scanned' } };
  }
  const violations: Violation[] = [];
  if (is_own && roles.length > 1) {
    const detail = 'is a further item of an event whose eventID names one scan';
    violations.push({ pointer: roles[1]?.pointer ?? '', detail });
  }
  const named = { event, name, is_own, own: ownFields(event, setting.own_prefix) };
  const who = whoScanned(named, setting, violations);
  const read = roles.flatMap((role) => scanOf(role, named, who, setting, violations) ?? []);
  if (who.dealer_id === undefined && read.some(({ biz_step }) => biz_step !== 'inspecting')) {
    violations.push(NOBODY);
  }
  const [first, ...rest] = violations;
  if (first !== undefined) return { violations: [first, ...rest] };
  if (who.dealer_id === undefined) return { ignored: NOBODY };
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

const NOBODY: Violation = {
  pointer: '/bizLocation',
  detail: 'neither the event nor the request (?dealer_id=) says who scanned',
};

/** Whether it names a product, or a lot of it, where an item should stand. */
function isProduct(epc: string): boolean {
  const identifier = readGs1(epc);
  return identifier !== undefined && 'key' in identifier && identifier.key === 'gtin';
}

function bareKind(kind: string): string {
  return kind.split(/[/:]/).at(-1) ?? '';
}

interface Who {
  /** Undefined where nothing names a dealer, and the step must have one. */
  readonly dealer_id: string | undefined;
  readonly to_dealer_id: string;
  readonly at: GeoPoint | undefined;
}

function whoScanned(
  { event, is_own, own }: NamedEvent,
  setting: CaptureSetting,
  violations: Violation[],
): Who {
  const step = stepOf(event);
  const readAt = placeOf(event, 'readPoint');
  const point = readAt.uri === undefined ? undefined : geoPoint(readAt.uri);
  const at = point !== undefined && 'lat' in point ? point : undefined;
  if (point !== undefined && 'fault' in point)
    violations.push({ pointer: readAt.pointer, detail: point.fault });
  const place = [placeOf(event, 'bizLocation'), ...(point === undefined ? [readAt] : [])];
  const from = partiesOf(event, 'source', ['possessing_party', 'owning_party', 'location']);
  const to = partiesOf(event, 'destination', ['owning_party', 'possessing_party', 'location']);
  // Who ships is who had the goods: where they are next is nobody's place.
  const scanned = firstNamed(
    step === 'shipping' ? [...from, ...place] : [...place, ...(step === 'receiving' ? to : [])],
  );
  const isConsumer = step === 'consumer_scan';
  // A consumer's scan that was written here without a dealer had none.
  const asked = (is_own && isConsumer) || setting.dealer_id === '' ? undefined : setting.dealer_id;
  const otherwise = asked ?? (isConsumer ? '' : undefined);
  const dealer_id = scanned ? dealerAt(scanned, violations) : otherwise;
  const meant = step === 'shipping' ? firstNamed(to) : undefined;
  const to_dealer_id = meant ? dealerAt(meant, violations) : (own['to_dealer_id'] ?? '');
  return { dealer_id, to_dealer_id, at };
}

function placeOf(event: EpcisEvent, field: 'bizLocation' | 'readPoint'): Named {
  const place = event[field];
  return typeof place === 'string'
    ? { pointer: `/${field}`, uri: place }
    : { pointer: `/${field}/id`, uri: place?.id };
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
  /** Whether the name is that of a scan of this system. */
  readonly is_own: boolean;
  readonly own: OwnFields;
}

function scanOf(
  role: EpcRole,
  { event, name, is_own, own }: NamedEvent,
  who: Who,
  setting: CaptureSetting,
  violations: Violation[],
): ScanEvent | undefined {
  const epc = readEpc(role.epc, setting.resolver);
  if (typeof epc === 'string') {
    violations.push({ pointer: role.pointer, detail: epc });
    return undefined;
  }
  const exact = is_own && own['code'] !== undefined ? readEpc(own['code'], setting.resolver) : epc;
  if (typeof exact === 'string') {
    violations.push({ pointer: role.pointer, detail: exact });
    return undefined;
  }
  const { code } = exact;
  const parent = is_own ? (own['parent_code'] ?? role.parent) : (role.parent ?? own['parent_code']);
  const parent_code = parentOf(parent, setting, violations);
  const contents = epc.is_logistic_unit ? setting.contents.get(epc.code) : undefined;
  const gtin = epc.gtin === '' ? (contents?.gtin ?? productOf(event)) : epc.gtin;
  const lot = own['lot'] ?? (is_own ? '' : lotOf(epc, event));
  return {
    ...identityOf(name, code, setting),
    event_time: event.eventTime,
    dealer_id: who.dealer_id ?? '',
    code,
    level: levelOf(role.pointer === '/parentID' ? undefined : own['level'], epc, contents),
    biz_step: role.step ?? stepOf(event),
    sku_id: own['sku_id'] ?? (gtin === '' ? SKU_UNKNOWN : (setting.skuOf(gtin) ?? gtin)),
    ...(parent_code !== undefined && { parent_code }),
    ...(lot !== '' && { lot }),
    ...(who.to_dealer_id !== '' && { to_dealer_id: who.to_dealer_id }),
    ...who.at,
  };
}

function parentOf(
  told: string | undefined,
  setting: CaptureSetting,
  violations: Violation[],
): string | undefined {
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
  if (name.startsWith(OWN_EVENT)) {
    const [ownSource = '', id = ''] = name.slice(OWN_EVENT.length).split(':');
    return { source: unescaped(ownSource), event_id: unescaped(id) };
  }
  return { source, event_id: hash(`${name}\n${code}`) };
}

/** Without recursion, which is what it protects. */
function nestsDeeper(value: unknown, levels: number): boolean {
  let layer: unknown[] = [value];
  for (let depth = 0; depth <= levels && layer.length > 0; depth++) {
    layer = layer.flatMap((one) =>
      typeof one === 'object' && one !== null ? (Object.values(one) as unknown[]) : [],
    );
  }
  return layer.length > 0;
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
