import { describe, expect, it } from 'vitest';
import type { ScanEvent } from '../contract/events/scan.ts';
import type { EpcisEvent } from './event-schema.ts';
import { contentsOf } from './read-document.ts';
import { readEpcisEvent, type CaptureSetting, type ReadEvent } from './read-event.ts';

const RESOLVER = 'https://id.gs1.org';

function read(event: Partial<EpcisEvent>, changes: Partial<CaptureSetting> = {}): ReadEvent {
  const setting: CaptureSetting = {
    source: 'wms',
    resolver: RESOLVER,
    own_prefix: 'dms',
    skuOf: (gtin) => (gtin === '10614141073464' ? 'S-1' : undefined),
    contents: new Map(),
    hash: (text) => text.replace('\n', ' '),
    ...changes,
  };
  return readEpcisEvent({ type: 'ObjectEvent', eventTime: '2026-11-01T08:00:00.000Z', ...event }, setting);
}

function scansOf(event: Partial<EpcisEvent>, changes?: Partial<CaptureSetting>): readonly ScanEvent[] {
  const result = read(event, changes);
  if (!('scans' in result)) throw new Error(JSON.stringify(result));
  return result.scans;
}

// The identifiers are those of the standard's examples (GS1 EPCIS 2.0, section 9.6).
const ITEM = 'urn:epc:id:sgtin:0614141.107346.2018';
const ITEM_LINK = 'https://id.gs1.org/01/10614141073464/21/2018';
const CASE = 'urn:epc:id:sscc:0614141.1234567890';
const CASE_LINK = 'https://id.gs1.org/00/106141412345678908';
const PLACE = { id: 'urn:epc:id:sgln:0012345.11111.0' };

describe('readEpcisEvent', () => {
  it('a receipt is a scan of each item by the party of its place', () => {
    expect(
      scansOf({
        eventID: 'urn:uuid:1',
        action: 'OBSERVE',
        bizStep: 'urn:epcglobal:cbv:bizstep:receiving',
        epcList: ['urn:epc:id:sgtin:0614141.107346.2017', ITEM, ITEM_LINK],
        readPoint: { id: 'urn:epc:id:sgln:0012345.11111.400' },
        bizLocation: PLACE,
      }),
    ).toEqual([
      {
        event_id: 'urn:uuid:1 https://id.gs1.org/01/10614141073464/21/2017',
        source: 'wms',
        event_time: '2026-11-01T08:00:00.000Z',
        dealer_id: '0012345111112',
        code: 'https://id.gs1.org/01/10614141073464/21/2017',
        level: 'case',
        biz_step: 'receiving',
        sku_id: 'S-1',
      },
      expect.objectContaining({ code: ITEM_LINK }),
    ]);
  });

  it('who ships is the source, for whom is the destination, where is the geo URI', () => {
    expect(
      scansOf({
        bizStep: 'cbv:BizStep-shipping',
        epcList: [ITEM],
        readPoint: { id: 'geo:30.25,120.17;u=15' },
        bizLocation: PLACE,
        sourceList: [{ type: 'possessing_party', source: 'urn:dealerstream:dealer:HQ%201' }],
        destinationList: {
          type: 'https://ref.gs1.org/cbv/SDT-location',
          destination: 'urn:epc:id:pgln:4012345.00225',
        },
        ilmd: { 'cbvmda:lotNumber': 'L 7' },
      }),
    ).toMatchObject([
      {
        dealer_id: 'HQ 1',
        to_dealer_id: '4012345002256',
        lat: 30.25,
        lon: 120.17,
        accuracy_m: 15,
        lot: 'L 7',
      },
    ]);
  });

  it('an aggregation packs its children and the container, which has their product', () => {
    const event = {
      type: 'AggregationEvent',
      action: 'ADD',
      parentID: CASE,
      childEPCs: [ITEM],
      bizLocation: PLACE,
    } satisfies Partial<EpcisEvent>;
    const contents = contentsOf([{ ...event, eventTime: '2026-11-01T08:00:00Z' }], RESOLVER);
    expect(scansOf(event, { contents })).toMatchObject([
      { code: CASE_LINK, level: 'case', biz_step: 'packing', sku_id: 'S-1' },
      { code: ITEM_LINK, biz_step: 'packing', parent_code: CASE_LINK },
    ]);
    const { type, parentID, childEPCs, bizLocation } = event;
    expect(scansOf({ type, parentID, childEPCs, bizLocation, action: 'DELETE' })).toMatchObject([
      { code: ITEM_LINK, biz_step: 'unpacking', parent_code: CASE_LINK },
    ]);
    expect(
      scansOf({ type, parentID, childEPCs, bizLocation, action: 'OBSERVE', bizStep: 'receiving' }),
    ).toMatchObject([
      { code: CASE_LINK, biz_step: 'receiving', sku_id: 'unknown' },
      { code: ITEM_LINK, biz_step: 'receiving', parent_code: CASE_LINK },
    ]);
  });

  it('a container whose contents are told by quantity has their product wherever it goes', () => {
    const packed = {
      type: 'AggregationEvent',
      eventTime: '2026-11-01T08:00:00Z',
      parentID: CASE,
      childQuantityList: [{ epcClass: 'urn:epc:class:lgtin:0614141.107346.L-3' }],
    };
    const contents = contentsOf([packed], RESOLVER);
    expect(scansOf({ epcList: [CASE], bizLocation: PLACE, bizStep: 'shipping' }, { contents })).toMatchObject(
      [{ code: CASE_LINK, sku_id: 'S-1', level: 'case' }],
    );
  });

  it('a container of logistic units is a pallet', () => {
    const inner = 'urn:epc:id:sscc:0614141.1234567891';
    const event = {
      type: 'AggregationEvent',
      action: 'ADD',
      parentID: CASE,
      childEPCs: [inner],
      bizLocation: PLACE,
    } satisfies Partial<EpcisEvent>;
    const contents = contentsOf([{ ...event, eventTime: '2026-11-01T08:00:00Z' }], RESOLVER);
    expect(scansOf(event, { contents }).map(({ level }) => level)).toEqual(['pallet', 'case']);
  });

  it('a step that moves nothing is an inspection, an item that begins without a step is commissioned', () => {
    expect(scansOf({ epcList: [ITEM], bizLocation: PLACE, bizStep: 'transporting' })).toMatchObject([
      { biz_step: 'inspecting' },
    ]);
    expect(scansOf({ epcList: [ITEM], bizLocation: PLACE, action: 'ADD' })).toMatchObject([
      { biz_step: 'commissioning' },
    ]);
  });

  it('the same event has the same ids, whatever the order of its fields; another one has others', () => {
    const ids = (event: Partial<EpcisEvent>) => scansOf(event).map(({ event_id }) => event_id);
    const event = { epcList: [ITEM], bizLocation: PLACE, bizStep: 'receiving' };
    const turned = Object.fromEntries(Object.entries(event).toReversed());
    expect(ids({ ...turned, recordTime: '2026-11-02T00:00:00Z' } as Partial<EpcisEvent>)).toEqual(ids(event));
    expect(ids({ ...event, bizStep: 'shipping' })).not.toEqual(ids(event));
  });

  it('a declared error takes back the scans of the event', () => {
    const event = { eventID: 'urn:uuid:1', epcList: [ITEM], bizLocation: PLACE, bizStep: 'shipping' };
    const [scan] = scansOf(event);
    expect(
      read({
        ...event,
        errorDeclaration: {
          declarationTime: '2026-11-03T00:00:00Z',
          reason: 'cbv:ER-incorrect_data',
          correctiveEventIDs: ['urn:uuid:2', 'urn:uuid:3'],
        },
      }),
    ).toEqual({
      retractions: [
        {
          event_id: scan?.event_id,
          source: 'wms',
          event_time: '2026-11-03T00:00:00Z',
          dealer_id: '0012345111112',
          code: ITEM_LINK,
          reason: 'incorrect_data',
          corrective_event_ids: 'urn:uuid:2 urn:uuid:3',
        },
      ],
    });
  });

  it.each(['urn:uuid:1b6f', 'ni:///sha-256;0f3c?ver=CBV2.0', 'https://erp.example.cn/events/7'])(
    'an event named %s has ids of that name',
    (eventID) => {
      const [scan] = scansOf({ eventID, epcList: [ITEM], bizLocation: PLACE });
      expect(scan?.event_id).toBe(`${eventID} ${ITEM_LINK}`);
    },
  );

  it('a crate is one code, whichever form names it, and no unit', () => {
    const crates = ['urn:epc:id:grai:9521234.67890.A1', 'https://crates.example.cn/8003/09521234678908A1'];
    const scans = crates.flatMap((crate) => scansOf({ epcList: [crate], bizLocation: PLACE }));
    const code = 'https://id.gs1.org/8003/09521234678908A1';
    expect(scans).toMatchObject([
      { code, level: 'case' },
      { code, level: 'case' },
    ]);
  });

  it('a place may be the bare URI of a draft', () => {
    const event = { epcList: [ITEM], bizStep: 'receiving', readPoint: 'geo:31.2,121.5' };
    expect(scansOf({ ...event, bizLocation: PLACE.id })).toMatchObject([
      { dealer_id: '0012345111112', lat: 31.2, lon: 121.5 },
    ]);
    expect(read({ ...event, bizLocation: 'urn:epc:id:sgln:0012345.1111.0' })).toMatchObject({
      violations: [{ pointer: '/bizLocation' }],
    });
  });

  it.each([
    ['geo:30.25,120.17;crs=gcj02', 'names another crs than wgs84'],
    ['geo:120.17', 'is no geo URI, as in "geo:30.25,120.17;u=15" (RFC 5870)'],
  ])('%s is neither a position in WGS84 nor a dealer', (uri, detail) => {
    const event = { epcList: [ITEM], bizStep: 'receiving', readPoint: { id: uri } };
    for (const place of [{}, { bizLocation: PLACE }]) {
      const { violations } = read({ ...event, ...place }) as { violations: readonly object[] };
      expect(violations).toContainEqual({ pointer: '/readPoint/id', detail });
    }
    expect(scansOf({ ...event, readPoint: 'geo:30.25,120.17;crs=WGS84', bizLocation: PLACE })).toMatchObject([
      { lat: 30.25, lon: 120.17 },
    ]);
  });

  it('what the event says of its items’ level is not said of their container', () => {
    const scans = scansOf({
      type: 'AggregationEvent',
      action: 'ADD',
      parentID: CASE,
      childEPCs: ['LOG-1'],
      bizLocation: PLACE,
      'dms:level': 'unit',
    } as Partial<EpcisEvent>);
    expect(scans.map(({ level }) => level)).toEqual(['case', 'unit']);
  });

  it('an event of one scan of this system is that scan alone, in the words in which it was stored', () => {
    const event = {
      type: 'AggregationEvent',
      eventID: 'urn:dealerstream:event:app:e%2F1',
      action: 'ADD',
      parentID: CASE,
      childEPCs: [ITEM],
      bizLocation: PLACE,
      'dms:code': `urn:dealerstream:code:${encodeURIComponent(ITEM)}`,
    } satisfies Partial<EpcisEvent> & Record<string, unknown>;
    expect(scansOf(event)).toMatchObject([
      { source: 'app', event_id: 'e/1', code: ITEM, parent_code: CASE_LINK },
    ]);
    expect(read({ ...event, childEPCs: [ITEM, 'LOG-1'] })).toEqual({
      violations: [
        { pointer: '/childEPCs/1', detail: 'is a further item of an event whose eventID names one scan' },
      ],
    });
  });

  it('a reading on the way by nobody is told as ignored; a step that moves goods needs who took it', () => {
    const event = { epcList: [ITEM], readPoint: { id: 'geo:31.2,121.5' } };
    const pointer = '/bizLocation';
    expect(read({ ...event, bizStep: 'sensor_reporting' })).toMatchObject({ ignored: { pointer } });
    expect(scansOf({ ...event, bizStep: 'sensor_reporting' }, { dealer_id: 'D-1' })).toHaveLength(1);
    expect(read({ ...event, bizStep: 'shipping' })).toMatchObject({ violations: [{ pointer }] });
    expect(
      read({ type: 'AggregationEvent', action: 'DELETE', parentID: CASE, childEPCs: [ITEM] }),
    ).toMatchObject({ violations: [{ pointer }] });
    const wrong = { ...event, epcList: ['https://id.gs1.org/01/10614141073465/21/1'], bizStep: 'inspecting' };
    expect(read(wrong)).toMatchObject({ violations: [{ pointer: '/epcList/0' }] });
  });

  it.each<[string, Partial<EpcisEvent>]>([
    ['/type', { type: 'TransformationEvent' }],
    ['/type', { type: 'AssociationEvent' }],
    ['', { quantityList: [{ epcClass: 'urn:epc:class:lgtin:4012345.012345.998877' }] }],
    ['', { type: 'AggregationEvent', action: 'DELETE', parentID: CASE }],
    [
      '/epcList/0',
      { epcList: ['https://id.gs1.org/01/09506000134352', 'urn:epc:idpat:sgtin:9521234.012345.*'] },
    ],
  ])('leaves out, at %j, what was no scan of an item', (pointer, event) => {
    expect(read({ bizLocation: PLACE, ...event })).toMatchObject({ ignored: { pointer } });
  });

  it.each<[string, string, Partial<EpcisEvent>]>([
    [
      '/epcList/1',
      'the check digit of the GTIN is 5; 4 is right',
      { epcList: [ITEM, 'https://id.gs1.org/01/10614141073465/21/1'], bizLocation: PLACE },
    ],
    [
      '/epcList/1',
      'names a product and no item of it',
      { epcList: [ITEM, 'urn:epc:idpat:sgtin:4012345.012345.*'], bizLocation: PLACE },
    ],
    [
      '/bizLocation',
      'neither the event nor the request (?dealer_id=) says who scanned',
      { epcList: [ITEM], action: 'ADD' },
    ],
    [
      '/bizLocation/id',
      'the company prefix and the reference of a GLN have 12 digits together',
      { epcList: [ITEM], bizLocation: { id: 'urn:epc:id:sgln:0012345.1111.0' } },
    ],
  ])('says at %s that %s', (pointer, detail, event) => {
    expect(read(event)).toMatchObject({ violations: [{ pointer, detail }] });
  });
});
