import { describe, expect, it } from 'vitest';
import { captureDocument, type Captured } from './capture.ts';

const SEAL = 'urn:epc:id:sgtin:9521234.067890.S-1';
const PALLET = 'urn:epc:id:sscc:9521234.3000000021';
const DOCK = { id: 'urn:epc:id:sgln:9521234.54321.dock-2' };

/** Reads events of a document that has all that the standard knows of a header. */
function capture(
  eventList: readonly unknown[],
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Captured> {
  const document = {
    '@context': [
      'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
      { erp: 'https://erp.example.cn/ns/', qa: 'urn:example:qa:' },
      { 'erp:weighed': { '@type': 'xsd:decimal' } },
    ],
    id: 'https://erp.example.cn/documents/88',
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-11-21T09:00:00+08:00',
    sender: 'urn:epc:id:pgln:9521234.54321',
    receiver: 'urn:epc:id:pgln:9529876.00001',
    instanceIdentifier: '88',
    epcisHeader: {
      epcisMasterData: {
        vocabularyList: [
          {
            type: 'urn:epcglobal:epcis:vtype:BusinessLocation',
            vocabularyElementList: [{ id: DOCK.id, attributes: [{ id: 'cbvmda:city', attribute: '宁波' }] }],
          },
        ],
      },
    },
    epcisBody: { eventList },
    ...changes,
  };
  return captureOf(JSON.parse(JSON.stringify(document)));
}

function captureOf(document: unknown): Promise<Captured> {
  return captureDocument(document, {
    source: 'erp',
    resolver: 'https://id.gs1.org',
    skuOf: () => undefined,
    permit: { kind: 'admin', key_id: 'admin' },
    now_ms: Date.parse('2026-11-22T00:00:00Z'),
  });
}

/** Fields of the standard beside those that are read, and two of nobody's but the sender's. */
const BESIDE = {
  recordTime: '2026-11-20T10:00:00.5+08:00',
  eventTimeZoneOffset: '+08:00',
  certificationInfo: 'https://lab.example.cn/certificates/5',
  disposition: 'in_progress',
  persistentDisposition: { set: ['completeness_verified'], unset: ['completeness_inferred'] },
  bizTransactionList: [
    { type: 'desadv', bizTransaction: 'urn:epcglobal:cbv:bt:9521234543213:A-9' },
    { bizTransaction: 'https://erp.example.cn/orders/12' },
  ],
  sensorElementList: [
    {
      sensorMetadata: { time: '2026-11-20T09:59:00+08:00', deviceID: 'urn:epc:id:giai:9521234.T7' },
      sensorReport: [{ type: 'Temperature', value: 4.5, uom: 'CEL', 'qa:limit': 8 }],
    },
  ],
  'erp:weighed': '12.5',
  'qa:steps': [{ 'qa:by': ['li', 7, null] }],
};
const EVENT = { eventTime: '2026-11-20T09:59:58.123456+08:00', bizLocation: DOCK, ...BESIDE };
const scansOf = ({ scans }: Captured) => scans.map(({ value }) => JSON.parse(value.toString()) as unknown);

describe('the version and the offset that a document tells', () => {
  const event = {
    type: 'ObjectEvent',
    eventTime: '2026-11-20T02:00:00Z',
    action: 'OBSERVE',
    bizStep: 'receiving',
    bizLocation: DOCK,
    epcList: [SEAL],
  };

  it.each(['1.2', '1', '3.0', 'two', 1.2, 3])(
    'refuse the whole document of schemaVersion %j',
    async (version) => {
      await expect(capture([event], { schemaVersion: version })).rejects.toMatchObject({
        status: 422,
        extras: { errors: [{ pointer: '/schemaVersion' }] },
      });
    },
  );

  it.each(['2.0', '2', '2.0.1', 2, undefined])('take a document of schemaVersion %j', async (version) => {
    expect((await capture([event], { schemaVersion: version })).scans).toHaveLength(1);
  });

  it.each(['8', '+8:00', '+08:00:00', 'Asia/Shanghai', '+15:00', '-08:60', ''])(
    'refuse an event whose eventTimeZoneOffset is %j',
    async (eventTimeZoneOffset) => {
      const { scans, errors } = await capture([{ ...event, eventTimeZoneOffset }]);
      expect(scans).toEqual([]);
      expect(errors).toMatchObject([{ pointer: '/epcisBody/eventList/0/eventTimeZoneOffset' }]);
    },
  );

  it.each(['+08:00', '-13:59', '+14:00'])('take an event whose eventTimeZoneOffset is %s', async (offset) => {
    expect((await capture([{ ...event, eventTimeZoneOffset: offset }])).scans).toHaveLength(1);
  });
});

describe('captureDocument', () => {
  it('takes every kind of event that names items, whatever else of the standard stands beside it', async () => {
    const captured = await capture([
      {
        type: 'ObjectEvent',
        action: 'ADD',
        bizStep: 'commissioning',
        epcList: [SEAL],
        quantityList: [{ epcClass: 'urn:epc:class:lgtin:9521234.067890.L-3', quantity: 12.5, uom: 'KGM' }],
        ilmd: { 'cbvmda:lotNumber': 'L-3', 'qa:grade': { 'qa:of': 'A' } },
        ...EVENT,
      },
      {
        type: 'AggregationEvent',
        action: 'OBSERVE',
        bizStep: 'receiving',
        parentID: PALLET,
        childEPCs: [SEAL],
        childQuantityList: [{ epcClass: 'urn:epc:idpat:sgtin:9521234.011111.*', quantity: 6 }],
        ...EVENT,
      },
      { type: 'TransactionEvent', action: 'ADD', bizStep: 'inspecting', epcList: [SEAL], ...EVENT },
    ]);
    expect(captured.errors).toEqual([]);
    expect(scansOf(captured)).toMatchObject([
      { code: 'https://id.gs1.org/01/09521234678908/21/S-1', biz_step: 'commissioning', lot: 'L-3' },
      { code: 'https://id.gs1.org/00/395212340000000212', biz_step: 'receiving', sku_id: '09521234678908' },
      { parent_code: 'https://id.gs1.org/00/395212340000000212', dealer_id: '9521234543213' },
      { biz_step: 'inspecting', event_time: '2026-11-20T09:59:58.123456+08:00' },
    ]);
  });

  it('tells as ignored what is right by the standard and is no scan', async () => {
    const captured = await capture([
      { type: 'ObjectEvent', action: 'OBSERVE', readPoint: DOCK, ...EVENT },
      { type: 'AssociationEvent', action: 'ADD', parentID: 'urn:epc:id:grai:9521234.55555.1', ...EVENT },
      { type: 'TransformationEvent', outputEPCList: [SEAL], ...EVENT },
      { type: 'erp:WeighingEvent', ...EVENT },
    ]);
    expect(captured).toMatchObject({ scans: [], retractions: [], rejected: [], errors: [] });
    expect(captured.ignored.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  it('an error declaration may give no reason and be extended; it takes all scans of its event back', async () => {
    const event = { type: 'AggregationEvent', action: 'ADD', parentID: PALLET, childEPCs: [SEAL], ...EVENT };
    const errorDeclaration = { declarationTime: '2026-11-21T08:00:00Z', 'erp:by': 'li' };
    const made = await capture([event]);
    const declared = await capture([{ ...event, recordTime: '2026-11-21T08:00:01Z', errorDeclaration }]);
    expect(declared.retractions).toHaveLength(2);
    const ids = ({ value }: { readonly value: Buffer }) =>
      (JSON.parse(value.toString()) as { readonly event_id: string }).event_id;
    expect(declared.retractions.map(ids)).toEqual(made.scans.map(ids));
  });

  it('an empty list of events is a document; a bare event or the answer to a query is none', async () => {
    expect(await capture([])).toMatchObject({ scans: [], rejected: [] });
    for (const type of ['ObjectEvent', 'EPCISQueryDocument']) {
      await expect(capture([], { type })).rejects.toThrow('no EPCISDocument');
    }
  });

  it('an event that nests without end is wrong by itself, unless it has a name', async () => {
    const deep = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown;
    const event = { type: 'ObjectEvent', action: 'OBSERVE', epcList: [SEAL], ...EVENT };
    const document = (one: object) => ({ type: 'EPCISDocument', epcisBody: { eventList: [event, one] } });
    const unnamed = await captureOf(document({ ...event, 'erp:deep': deep }));
    expect(unnamed.scans).toHaveLength(1);
    expect(unnamed.rejected).toMatchObject([
      { index: 1, pointer: '', detail: expect.stringContaining('nested deeper') as string },
    ]);
    const named = await captureOf(document({ ...event, eventID: 'urn:uuid:1', 'erp:deep': deep }));
    expect(named.scans).toHaveLength(2);
  });

  it.each([
    'urn:epc:id:sgtin:9521234.067890.',
    'urn:epc:id:giai:9521234.',
    'https://id.gs1.org/01/09521234678908/21/',
  ])('half a surrogate pair behind %s is told where it stands', async (start) => {
    const captured = await capture([
      { type: 'ObjectEvent', action: 'OBSERVE', epcList: [SEAL, `${start}7\ud800`], ...EVENT },
    ]);
    expect(captured.errors).toEqual([
      {
        pointer: '/epcisBody/eventList/0/epcList/1',
        detail: 'contains half of a surrogate pair, which is no character',
      },
    ]);
  });
});
