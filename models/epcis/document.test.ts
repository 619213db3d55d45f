import { describe, expect, it } from 'vitest';
import { epcisDocument, type ScanRecord } from './document.ts';

const scan: ScanRecord = {
  event_id: 'e/1',
  source: 'wms',
  event_time: '2026-11-01T08:00:00.000Z',
  ingested_at: '2026-11-01T08:00:01.000Z',
  dealer_id: 'D 1',
  code: 'https://id.gs1.org/01/09506000134352/21/7',
  biz_step: 'shipping',
  sku_id: 'S1',
  parent_code: '',
  lot: 'L7',
  to_dealer_id: 'D2',
  lat_wgs84: 30.25,
  lon_wgs84: 120.17,
  accuracy_m: 15,
};
const CREATED = '2026-11-02T00:00:00.000Z';

function eventsOf(...scans: ScanRecord[]): unknown[] {
  return (epcisDocument(scans, CREATED) as { epcisBody: { eventList: unknown[] } }).epcisBody.eventList;
}

describe('epcisDocument', () => {
  it('a shipment is an ObjectEvent with who shipped, to whom and where', () => {
    expect(eventsOf(scan)).toEqual([
      {
        type: 'ObjectEvent',
        eventID: 'urn:dealerstream:event:wms:e%2F1',
        eventTime: '2026-11-01T08:00:00.000Z',
        recordTime: '2026-11-01T08:00:01.000Z',
        eventTimeZoneOffset: '+00:00',
        bizStep: 'shipping',
        readPoint: { id: 'geo:30.25,120.17;u=15' },
        bizLocation: { id: 'urn:dealerstream:dealer:D%201' },
        destinationList: [{ type: 'owning_party', destination: 'urn:dealerstream:dealer:D2' }],
        'dms:sku_id': 'S1',
        'dms:lot': 'L7',
        action: 'OBSERVE',
        epcList: ['https://id.gs1.org/01/09506000134352/21/7'],
      },
    ]);
  });

  it('packing with its container is an AggregationEvent that adds, unpacking one that deletes', () => {
    const packing = {
      ...scan,
      biz_step: 'packing',
      parent_code: 'CASE-1',
      code: 'u 1',
      to_dealer_id: '',
    } as const;
    expect(eventsOf(packing, { ...packing, biz_step: 'unpacking' })).toMatchObject([
      {
        type: 'AggregationEvent',
        action: 'ADD',
        parentID: 'urn:dealerstream:code:CASE-1',
        childEPCs: ['urn:dealerstream:code:u%201'],
      },
      { type: 'AggregationEvent', action: 'DELETE' },
    ]);
  });

  it('a consumer has no location of business, and a scan without a position no read point', () => {
    const [event] = eventsOf({
      ...scan,
      biz_step: 'consumer_scan',
      dealer_id: '',
      to_dealer_id: '',
      lat_wgs84: null,
    });
    expect(event).toMatchObject({ bizStep: 'urn:dealerstream:bizstep:consumer_scan' });
    expect(event).not.toHaveProperty('bizLocation');
    expect(event).not.toHaveProperty('readPoint');
  });
});
