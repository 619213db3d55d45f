import { request, type OutgoingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline } from '../../stack/lab/pipeline.ts';

const MIB = 1024 * 1024;

/** Large bodies posted to the public address, as curl does it: it asks first whether it may go on. */
describe('a large body at the public address', () => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await Pipeline.start(inject('stack'), ['edge', 'server']);
  });
  afterAll(() => pipeline.stop());

  const post = (body: Buffer, headers: OutgoingHttpHeaders) =>
    new Promise<{ status: number | undefined; answer: unknown }>((resolve, reject) => {
      const call = request(`${pipeline.url}/v1/events/scan`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${pipeline.admin_token}`,
          'content-length': body.length,
          expect: '100-continue',
          ...headers,
        },
      });
      call.on('continue', () => call.end(body));
      call.on('response', (response) => {
        json(response).then((answer) => {
          resolve({ status: response.statusCode, answer });
        }, reject);
      });
      call.on('error', reject);
      call.flushHeaders();
    });

  it('is taken whole when it is within the limit', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) =>
      JSON.stringify({
        event_id: `e${i}`,
        source: 'wms',
        event_time: new Date().toISOString(),
        dealer_id: 'D-1',
        code: `code-${i}`,
        level: 'unit',
        biz_step: 'receiving',
        sku_id: 'S-1',
      }),
    ).join('\n');
    const body = Buffer.from(lines);
    expect(body.length).toBeGreaterThan(MIB);
    expect(await post(body, { 'content-type': 'application/x-ndjson' })).toEqual({
      status: 202,
      answer: { accepted: 10_000, rejected: [] },
    });
  });

  it('of EPCIS goes the same way', async () => {
    const answer = await fetch(`${pipeline.url}/v1/epcis/capture`, {
      method: 'POST',
      headers: { authorization: `Bearer ${pipeline.admin_token}`, 'content-type': 'application/ld+json' },
      body: JSON.stringify({
        type: 'EPCISDocument',
        epcisBody: {
          eventList: [
            {
              type: 'ObjectEvent',
              eventTime: new Date().toISOString(),
              bizStep: 'receiving',
              epcList: ['urn:epc:id:sgtin:0614141.107346.2017', 'urn:epc:id:sgtin:0614141.107346.2018'],
              bizLocation: { id: 'urn:epc:id:sgln:0614141.00888.0' },
            },
          ],
        },
      }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([202, { accepted: 2 }]);
  });

  it('is answered 413 when it is 17 MiB', async () => {
    const refused = await post(Buffer.alloc(17 * MIB, ' '), { 'content-type': 'application/json' });
    expect(refused).toMatchObject({ status: 413, answer: { status: 413 } });
  });

  it('is answered 413 when gzip unfolds it beyond the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(512 * MIB), { level: 1 });
    const refused = await post(bomb, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    expect(refused).toMatchObject({ status: 413, answer: { status: 413 } });
  });
});
