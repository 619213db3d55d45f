import { describe, expect, it } from 'vitest';
import { BIZ_STEPS } from '../contract/events/scan.ts';
import { epcisDocument, type ScanRecord } from './document.ts';

const scan: ScanRecord = {
  event_id: 'e/1',
  source: 'wms',
  event_time: '2026-11-01T08:00:00.000Z',
  ingested_at: '2026-11-01T08:00:01.000Z',
  dealer_id: 'D 1',
  code: 'https://id.gs1.org/01/09506000134352/21/7',
  level: 'unit',
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
        'dms:code': 'urn:dealerstream:code:https%3A%2F%2Fid.gs1.org%2F01%2F09506000134352%2F21%2F7',
        'dms:level': 'unit',
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

  it('a step that the vocabulary lacks is a URI, which alone may stand beside its words', () => {
    const steps = eventsOf(
      ...BIZ_STEPS.map((biz_step): ScanRecord => ({ ...scan, biz_step, parent_code: '' })),
    ).map((event) => (event as { bizStep: string }).bizStep);
    expect(steps.filter((step) => step.includes(':'))).toEqual([
      'urn:dealerstream:bizstep:consumer_scan',
      'urn:dealerstream:bizstep:returning',
    ]);
  });

  it.each([
    ['urn:epc:id:sscc:9521234.0000000017', 'urn:epc:id:sscc:9521234.0000000017'],
    ['urn:epc:id:giai:9521234.7', 'urn:epc:id:giai:9521234.7'],
    ['https://example.cn/a?b=%20#c', 'https://example.cn/a?b=%20#c'],
    ['LOG 77', 'urn:dealerstream:code:LOG%2077'],
    ['urn:码', 'urn:dealerstream:code:urn%3A%E7%A0%81'],
    ['https://example.cn/货 1', 'urn:dealerstream:code:https%3A%2F%2Fexample.cn%2F%E8%B4%A7%201'],
    ['https://example.cn/a%', 'urn:dealerstream:code:https%3A%2F%2Fexample.cn%2Fa%25'],
    ['urn:dealerstream:code:1', 'urn:dealerstream:code:urn%3Adealerstream%3Acode%3A1'],
    // A check digit that is wrong, and a product: others would refuse them where an item should stand.
    [
      'https://id.gs1.org/01/09506000134353/21/7',
      'urn:dealerstream:code:https%3A%2F%2Fid.gs1.org%2F01%2F09506000134353%2F21%2F7',
    ],
    [
      'https://id.gs1.org/01/09506000134352',
      'urn:dealerstream:code:https%3A%2F%2Fid.gs1.org%2F01%2F09506000134352',
    ],
  ])('the code %s is the URI %s', (code, uri) => {
    expect(eventsOf({ ...scan, code })).toMatchObject([{ epcList: [uri] }]);
  });

  it('a position has no exponents, which a geo URI knows none of', () => {
    const [event] = eventsOf({ ...scan, lat_wgs84: 0.00000025, lon_wgs84: -5e-8, accuracy_m: 1.5e-7 });
    expect(event).toMatchObject({ readPoint: { id: 'geo:0.00000025,-0.00000005;u=0.00000015' } });
  });

  it('to whom goods were meant, of a step that sends none, stands beside the destination', () => {
    const destinationList = [{ type: 'owning_party', destination: 'urn:dealerstream:dealer:D2' }];
    const [returned] = eventsOf({ ...scan, biz_step: 'returning' });
    expect(returned).toMatchObject({ destinationList, 'dms:to_dealer_id': 'D2' });
    expect(eventsOf(scan)[0]).not.toHaveProperty('dms:to_dealer_id');
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
