import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningEdge } from '../../ingest/edge/edge.ts';
import { product } from '../../models/contract/reference/product.ts';
import { scan, type ScanEvent } from '../../models/contract/events/scan.ts';
import { scanRetraction, type ScanRetractionEvent } from '../../models/contract/events/scan-retraction.ts';
import { runChecks } from '../../sql/checks.ts';
import { EdgeSetting, postEvents } from './edge-setting.ts';
import { channelOf } from './processors-channel.ts';
import { ProcessorsRun, casesAnd } from './processors-run.ts';

const ITEM = 'urn:epc:id:sgtin:0614141.107346.2018';
const ITEM_LINK = 'https://id.gs1.org/01/10614141073464/21/2018';

/** An ObjectEvent; `changes` replaces fields. */
function objectEvent(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    type: 'ObjectEvent',
    eventID: 'urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8',
    eventTime: '2026-11-20T20:33:31.116000-06:00',
    eventTimeZoneOffset: '-06:00',
    action: 'OBSERVE',
    bizStep: 'receiving',
    epcList: [ITEM],
    bizLocation: { id: 'urn:epc:id:sgln:0012345.11111.0' },
    ...changes,
  };
}

function documentOf(...eventList: unknown[]): object {
  return {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-11-21T00:00:00Z',
    epcisBody: { eventList },
  };
}

describe('POST /v1/epcis/capture', () => {
  let setting: EdgeSetting;
  let edge: RunningEdge;

  beforeAll(async () => {
    setting = await EdgeSetting.create();
    edge = await setting.startEdge();
  });
  afterAll(async () => {
    await edge.stop();
  });

  function capture(
    body: unknown,
    { token = setting.config.DMS_ADMIN_TOKEN, query = '', ...headers }: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return fetch(`${edge.url}/v1/epcis/capture${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/ld+json', authorization: `Bearer ${token}`, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  async function stored<T>(topic: string, source: string): Promise<T[]> {
    const messages = await setting.readTopic(topic);
    return messages
      .map(({ value }) => JSON.parse(value.toString()) as T & { source: string })
      .filter((event) => event.source === source);
  }

  test('a document becomes scans under the code’s key, with the SKU that the reference data give its GTIN', async () => {
    const posted = await postEvents(
      edge.url,
      setting.config.DMS_ADMIN_TOKEN,
      {
        event_id: 'p-1',
        source: 'erp',
        event_time: '2026-11-01T00:00:00Z',
        valid_from: '2026-01-01T00:00:00Z',
        sku_id: 'SKU-9',
        gtin: '10614141073464',
        name: 'Kettle',
        category: 'Kitchen',
      },
      { type: product.type },
    );
    expect(posted.status).toBe(202);
    await expect
      .poll(async () => {
        const answer = await capture(documentOf(objectEvent()), { query: '?source=wms-1' });
        expect([answer.status, await answer.json()]).toEqual([
          202,
          { accepted: 1, retracted: 0, rejected: [], ignored: [] },
        ]);
        return (await stored<ScanEvent>(scan.topic, 'wms-1')).at(-1);
      })
      .toMatchObject({
        code: ITEM_LINK,
        sku_id: 'SKU-9',
        dealer_id: '0012345111112',
        biz_step: 'receiving',
        event_time: '2026-11-20T20:33:31.116000-06:00',
      });
    const ids = (await stored<ScanEvent>(scan.topic, 'wms-1')).map(({ event_id }) => event_id);
    expect(new Set(ids).size).toBe(1);
  });

  test('a packaging that is no product itself has the SKU of the item that it holds', async () => {
    const item = {
      event_id: 'p-2',
      source: 'erp',
      event_time: '2026-11-01T00:00:00Z',
      valid_from: '2026-01-01T00:00:00Z',
      sku_id: 'SKU-8',
      gtin: '614141073467',
      name: 'Kettle, single',
      category: 'Kitchen',
    };
    await postEvents(edge.url, setting.config.DMS_ADMIN_TOKEN, item, { type: product.type });
    const epcs = ['0', '1', '2'].map((indicator) => `urn:epc:id:sgtin:0614141.${indicator}07346.77`);
    await expect
      .poll(async () => {
        const answer = await capture(documentOf(objectEvent({ epcList: epcs })), { query: '?source=wms-p' });
        expect(answer.status).toBe(202);
        const scans = await stored<ScanEvent>(scan.topic, 'wms-p');
        const indicatorOf = (code: string): string => /01\/(.)/.exec(code)?.[1] ?? '';
        return Object.fromEntries(
          scans.map(({ code, sku_id }): [string, string] => [indicatorOf(code), sku_id]),
        );
      })
      .toEqual({ 0: 'SKU-8', 1: 'SKU-9', 2: 'SKU-8' });
  });

  test('a wrong event refuses the whole document, unless the request says to proceed', async () => {
    const document = documentOf(
      objectEvent({ eventTime: '20 November' }),
      objectEvent({ epcList: ['https://id.gs1.org/01/10614141073465/21/1'] }),
      objectEvent({ type: 'TransformationEvent' }),
      objectEvent(),
    );
    const refused = await capture(document, { query: '?source=wms-2' });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      errors: [
        { pointer: '/epcisBody/eventList/0/eventTime' },
        {
          pointer: '/epcisBody/eventList/1/epcList/0',
          detail: 'the check digit of the GTIN is 5; 4 is right',
        },
      ],
    });
    expect(await stored(scan.topic, 'wms-2')).toEqual([]);
    const taken = await capture(document, {
      query: '?source=wms-2',
      'GS1-Capture-Error-Behaviour': 'proceed',
    });
    expect([taken.status, taken.headers.get('gs1-capture-error-behaviour')]).toEqual([202, 'proceed']);
    expect(await taken.json()).toMatchObject({
      accepted: 1,
      rejected: [{ index: 0 }, { index: 1 }],
      ignored: [{ index: 2, pointer: '/type' }],
    });
    expect(await stored(scan.topic, 'wms-2')).toHaveLength(1);
  });

  test('a key bound to a source and a dealer writes for these alone', async () => {
    const token = await setting.addKey({ sources: ['wms-3'], dealers: ['D-3'] });
    const isKnown = async () => (await capture(documentOf(), { token })).status;
    await expect.poll(isKnown).toBe(202);
    const placeless = objectEvent({ bizLocation: undefined });
    expect(await (await capture(documentOf(placeless), { token })).json()).toMatchObject({ accepted: 1 });
    expect(await stored<ScanEvent>(scan.topic, 'wms-3')).toMatchObject([{ dealer_id: 'D-3' }]);
    const other = await capture(documentOf(objectEvent()), { token });
    expect([other.status, await other.json()]).toMatchObject([
      403,
      { errors: [{ pointer: '/epcisBody/eventList/0' }] },
    ]);
    expect((await capture(documentOf(placeless), { token, query: '?source=wms-4' })).status).toBe(403);
  });

  test('an error declaration is a retraction with the ids of the scans', async () => {
    const query = '?source=wms-5';
    await capture(documentOf(objectEvent()), { query });
    const declared = await capture(
      documentOf(
        objectEvent({
          errorDeclaration: { declarationTime: '2026-11-22T00:00:00Z', reason: 'incorrect_data' },
        }),
      ),
      { query },
    );
    expect(await declared.json()).toMatchObject({ accepted: 0, retracted: 1 });
    const [made] = await stored<ScanEvent>(scan.topic, 'wms-5');
    expect(await stored<ScanRetractionEvent>(scanRetraction.topic, 'wms-5')).toMatchObject([
      { event_id: made?.event_id, code: ITEM_LINK, dealer_id: made?.dealer_id, reason: 'incorrect_data' },
    ]);
  });

  test.each<[string, unknown, number, Record<string, string>, string]>([
    ['no JSON', '{"type":', 400, {}, 'ends too early'],
    ['another document', { type: 'EPCISQueryDocument', epcisBody: { eventList: [] } }, 422, {}, '/type'],
    ['no event list', { type: 'EPCISDocument', epcisBody: {} }, 422, {}, '/epcisBody/eventList'],
    ['a key that is unknown', documentOf(), 401, { token: 'nobody' }, 'not known'],
    [
      'another error behaviour',
      documentOf(),
      400,
      { 'GS1-Capture-Error-Behaviour': 'ignore' },
      'rollback, proceed',
    ],
  ])('refuses %s', async (_what, body, status, headers, told) => {
    const answer = await capture(body, headers);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(told);
  });

  test('is posted, and nothing else', async () => {
    const answer = await fetch(`${edge.url}/v1/epcis/capture`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    const xml = await capture('<epcis:EPCISDocument/>', { 'content-type': 'application/xml' });
    expect([xml.status, xml.headers.get('accept')]).toEqual([415, 'application/ld+json, application/json']);
  });

  test('a list of documents is none: nothing of it is taken', async () => {
    const answer = await capture([documentOf(objectEvent()), documentOf(objectEvent())]);
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { errors: [{ pointer: '', detail: 'expected an object, got a list of 2' }] },
    ]);
  });
});

describe('a retraction', () => {
  const now = new Date();
  const { scans, references } = channelOf('retractions', now);
  let run: ProcessorsRun;

  beforeAll(async () => {
    run = await ProcessorsRun.create(now);
    await run.restart(casesAnd());
    for (const { type, event } of references) await run.deliver(type, [event]);
  }, 120_000);
  afterAll(() => run.drop());

  const openCases = () => run.alerts().filter(({ state }) => state === 'open');
  const retractionOf = ({ event_id, source, dealer_id, code }: (typeof scans)[number]) => ({
    event_id,
    source,
    event_time: now.toISOString(),
    dealer_id,
    code,
  });
  const counted = async (event_id: string): Promise<number> => {
    const [row] = await run.sql.query<{ scans: number }>(
      'SELECT toUInt32(count()) AS scans FROM core_scans WHERE event_id = {event_id: String}',
      { params: { event_id } },
    );
    return row?.scans ?? -1;
  };

  test('takes a scan back that comes after it, and one that came before it: the case is withdrawn', async () => {
    const found = scans.filter(({ dealer_id }) => dealer_id === 'D2');
    const [early, ...late] = found;
    if (early === undefined || late.length === 0) throw new Error('nothing was found at D2');
    await run.deliver('scan_retraction', [retractionOf(early)]);
    await run.catchUp();
    await run.deliver('scan', scans);
    await run.catchUp();
    expect(await counted(early.event_id)).toBe(0);
    expect(openCases()).toHaveLength(1);
    await run.deliver('scan_retraction', late.map(retractionOf));
    await run.catchUp();
    for (const { event_id } of late) expect(await counted(event_id)).toBe(0);
    expect(openCases()).toEqual([]);
    expect((await runChecks(run.sql)).filter(({ violations }) => violations.length > 0)).toEqual([]);
  }, 300_000);

  test('of another dealer’s scan, or of another code, takes nothing back', async () => {
    const [one] = scans.filter(({ dealer_id }) => dealer_id === 'D1');
    if (one === undefined) throw new Error('nothing was scanned at D1');
    await run.deliver('scan_retraction', [{ ...retractionOf(one), dealer_id: 'D2' }]);
    await run.catchUp();
    expect(await counted(one.event_id)).toBe(1);
  }, 120_000);
});
