import type { BizStep, ScanEvent } from '../contract/events/scan.ts';
import { codeUri, dealerUri, decimal, exactCodeUri } from './uri.ts';
import { EPCIS_CONTEXT, OWN } from './vocabulary.ts';

/** A stored scan, in so far as EPCIS can tell it. "" = not told. */
export interface ScanRecord {
  readonly event_id: string;
  readonly source: string;
  readonly event_time: string;
  readonly ingested_at: string;
  readonly dealer_id: string;
  readonly code: string;
  readonly level: ScanEvent['level'];
  readonly biz_step: BizStep;
  readonly sku_id: string;
  readonly parent_code: string;
  readonly lot: string;
  readonly to_dealer_id: string;
  readonly lat_wgs84: number | null;
  readonly lon_wgs84: number | null;
  readonly accuracy_m: number | null;
}

/** Steps that the Core Business Vocabulary 2.0 lacks. */
const OWN_STEPS: readonly BizStep[] = ['consumer_scan', 'returning'];

/** Name of an event in a document: its source and id, which together are unique. */
export function epcisEventId({ source, event_id }: Pick<ScanRecord, 'source' | 'event_id'>): string {
  return `${OWN}event:${encodeURIComponent(source)}:${encodeURIComponent(event_id)}`;
}

/**
 * Scans as an EPCISDocument of EPCIS 2.0 (JSON-LD). A scan of packing or unpacking that names its container is an
 * AggregationEvent; every other is an ObjectEvent, with action ADD where the code begins and OBSERVE elsewhere.
 * @param created RFC 3339: an argument, so that the same scans give the same document
 */
export function epcisDocument(scans: readonly ScanRecord[], created: string): object {
  return {
    '@context': [EPCIS_CONTEXT, { dms: OWN }],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: created,
    epcisBody: { eventList: scans.map(epcisEvent) },
  };
}

function epcisEvent(scan: ScanRecord): object {
  const common = {
    eventID: epcisEventId(scan),
    eventTime: scan.event_time,
    recordTime: scan.ingested_at,
    eventTimeZoneOffset: '+00:00',
    bizStep: OWN_STEPS.includes(scan.biz_step) ? `${OWN}bizstep:${scan.biz_step}` : scan.biz_step,
    ...(scan.lat_wgs84 !== null &&
      scan.lon_wgs84 !== null && {
        readPoint: { id: `geo:${decimal(scan.lat_wgs84)},${decimal(scan.lon_wgs84)}${accuracy(scan)}` },
      }),
    ...(scan.dealer_id !== '' && { bizLocation: { id: dealerUri(scan.dealer_id) } }),
    ...(scan.to_dealer_id !== '' && {
      destinationList: [{ type: 'owning_party', destination: dealerUri(scan.to_dealer_id) }],
      // A destination is whom goods are meant for only where they are sent.
      ...(scan.biz_step !== 'shipping' && { 'dms:to_dealer_id': scan.to_dealer_id }),
    }),
    ...(codeUri(scan.code) !== exactCodeUri(scan.code) && { 'dms:code': exactCodeUri(scan.code) }),
    'dms:level': scan.level,
    'dms:sku_id': scan.sku_id,
    ...(scan.lot !== '' && { 'dms:lot': scan.lot }),
  };
  const isOfContainer = scan.biz_step === 'packing' || scan.biz_step === 'unpacking';
  if (isOfContainer && scan.parent_code !== '') {
    return {
      type: 'AggregationEvent',
      ...common,
      action: scan.biz_step === 'packing' ? 'ADD' : 'DELETE',
      parentID: codeUri(scan.parent_code),
      ...(codeUri(scan.parent_code) !== exactCodeUri(scan.parent_code) && {
        'dms:parent_code': exactCodeUri(scan.parent_code),
      }),
      childEPCs: [codeUri(scan.code)],
    };
  }
  return {
    type: 'ObjectEvent',
    ...common,
    action: scan.biz_step === 'commissioning' ? 'ADD' : 'OBSERVE',
    epcList: [codeUri(scan.code)],
    ...(scan.parent_code !== '' && { 'dms:parent_code': exactCodeUri(scan.parent_code) }),
  };
}

/** RFC 5870: the radius of uncertainty, metres. */
function accuracy({ accuracy_m }: ScanRecord): string {
  return accuracy_m === null ? '' : `;u=${decimal(accuracy_m)}`;
}
