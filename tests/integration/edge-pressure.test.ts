import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { order } from '../../models/contract/events/order.ts';
import { startKafka } from '../../stack/kafka/kafka.ts';
import { EdgeSetting, orderEvent, postEvents } from './edge-setting.ts';

const MIB = 1024 * 1024;

/** A post whose body is sent bit by bit. */
function openPost(
  url: string,
  token: string,
): { readonly body: ClientRequest; readonly answer: Promise<IncomingMessage> } {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = request(`${url}/v1/events/order`, { method: 'POST', headers });
  const answer = once(body, 'response').then(([response]) => response as IncomingMessage);
  return { body, answer };
}

async function heldBytes(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^dms_edge_held_bytes\S* (\S+)$/m.exec(metrics)?.[1]);
}

async function expectComeAgain(response: Response, status: number): Promise<void> {
  expect([response.status, response.headers.get('content-type')]).toEqual([
    status,
    'application/problem+json',
  ]);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await response.json()).toMatchObject({ status, detail: expect.any(String) as string });
}

describe('under pressure', () => {
  it('a full buffer refuses with 503, and takes again when there is room', async () => {
    const setting = await EdgeSetting.create({ EDGE_HELD_BYTES_MAX: 16 * MIB });
    const edge = await setting.startEdge();
    onTestFinished(() => edge.stop());
    const token = setting.config.DMS_ADMIN_TOKEN;
    const slow = openPost(edge.url, token);
    slow.body.write(Buffer.alloc(12 * MIB, ' '));
    await expect.poll(() => heldBytes(edge.url), { timeout: 20_000 }).toBe(12 * MIB);

    await expectComeAgain(await postEvents(edge.url, token, Buffer.alloc(5 * MIB, ' ')), 503);
    expect(await setting.storedEvents()).toBe(0n);
    slow.body.end(JSON.stringify(orderEvent()));
    expect((await slow.answer).statusCode).toBe(202);
    expect((await postEvents(edge.url, token, orderEvent())).status).toBe(202);
    expect(await heldBytes(edge.url)).toBe(0);
  });

  it('a client that goes away amid its body leaves nothing held', async () => {
    const setting = await EdgeSetting.create();
    const edge = await setting.startEdge();
    onTestFinished(() => edge.stop());
    const cut = openPost(edge.url, setting.config.DMS_ADMIN_TOKEN);
    const failed = expect(cut.answer).rejects.toThrow();
    cut.body.write(Buffer.alloc(MIB, ' '));
    await expect.poll(() => heldBytes(edge.url), { timeout: 20_000 }).toBe(MIB);
    cut.body.destroy();
    await failed;
    await expect.poll(() => heldBytes(edge.url), { timeout: 20_000 }).toBe(0);
    expect(await setting.storedEvents()).toBe(0n);
  });

  it('a key beyond its rate is refused with 429; another key is not', async () => {
    const setting = await EdgeSetting.create({ EDGE_KEY_EVENTS_PER_S_MAX: 1 });
    const eager = await setting.addKey();
    const calm = await setting.addKey();
    const edge = await setting.startEdge();
    onTestFinished(() => edge.stop());
    const batch = Array.from({ length: 500 }, () => orderEvent());
    expect((await postEvents(edge.url, eager, batch)).status).toBe(202);
    await expectComeAgain(await postEvents(edge.url, eager, batch), 429);
    expect((await postEvents(edge.url, calm, orderEvent())).status).toBe(202);
    expect(await setting.storedEvents()).toBe(501n);
  });
});

describe('at its end', () => {
  it('the edge answers what it holds, takes nothing new, and ends with code 0', async () => {
    const setting = await EdgeSetting.create();
    const edge = await setting.spawnEdge();
    const token = setting.config.DMS_ADMIN_TOKEN;
    const held = openPost(edge.url, token);
    held.body.write('[');
    await expect.poll(() => heldBytes(edge.url)).toBe(1);
    edge.child.kill('SIGTERM');
    await expect
      .poll(() =>
        postEvents(edge.url, token, orderEvent()).then(
          ({ status }) => status,
          () => 'refused',
        ),
      )
      .not.toBe(202);
    const before = await setting.storedEvents();
    held.body.end(`${JSON.stringify(orderEvent({ event_id: 'held' }))}]`);
    expect((await held.answer).statusCode).toBe(202);
    expect(await edge.exited).toBe(0);
    expect(await setting.storedEvents()).toBe(before + 1n);
  });
});

describe('without Kafka', () => {
  it('events are refused with 503, and taken again, each once, when it is back', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'edge-kafka-'));
    let kafka = await startKafka({ dataDir, short_lived: true });
    onTestFinished(async () => {
      await kafka.stop();
      await rm(dataDir, { recursive: true, force: true });
    });
    const setting = await EdgeSetting.create({}, kafka.brokers);
    const edge = await setting.startEdge();
    onTestFinished(() => edge.stop());
    const token = setting.config.DMS_ADMIN_TOKEN;
    const send = (event_id: string) => postEvents(edge.url, token, orderEvent({ event_id }));
    expect((await send('before')).status).toBe(202);

    await kafka.stop();
    // The first is refused when its time to be acknowledged is over, the next ones at once.
    await expectComeAgain(await send('during-1'), 503);
    await expectComeAgain(await send('during-2'), 503);
    expect((await fetch(`${edge.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${edge.url}/healthz`)).status).toBe(200);

    kafka = await startKafka({ dataDir, ports: kafka.ports, short_lived: true });
    await expect.poll(async () => (await send('after')).status, { timeout: 60_000, interval: 500 }).toBe(202);
    const ids = (await setting.readTopic(order.topic)).map(
      ({ value }) => (JSON.parse(value.toString()) as { event_id: string }).event_id,
    );
    expect(ids.toSorted()).toEqual(['after', 'before']);
  }, 180_000);

  it('a broker that hangs costs a request no more than the time to be acknowledged', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'edge-kafka-'));
    const kafka = await startKafka({ dataDir, short_lived: true });
    onTestFinished(async () => {
      await kafka.stop();
      await rm(dataDir, { recursive: true, force: true });
    });
    const setting = await EdgeSetting.create({}, kafka.brokers);
    const edge = await setting.startEdge();
    onTestFinished(() => edge.stop());
    const token = setting.config.DMS_ADMIN_TOKEN;
    expect((await postEvents(edge.url, token, orderEvent({ event_id: 'before' }))).status).toBe(202);

    // The child leads a process group: all of it stands still, sockets stay open.
    process.kill(-kafka.child.pid, 'SIGSTOP');
    try {
      await expectComeAgain(await postEvents(edge.url, token, orderEvent({ event_id: 'hung' })), 503);
      await expectComeAgain(await postEvents(edge.url, token, orderEvent({ event_id: 'hung' })), 503);
    } finally {
      process.kill(-kafka.child.pid, 'SIGCONT');
    }
    // What was answered with 503 may be stored: posting it again is what makes it sure, and is counted once by its id.
    await expect
      .poll(async () => (await postEvents(edge.url, token, orderEvent({ event_id: 'hung' }))).status, {
        timeout: 90_000,
        interval: 500,
      })
      .toBe(202);
    const ids = new Set(
      (await setting.readTopic(order.topic)).map(
        ({ value }) => (JSON.parse(value.toString()) as { event_id: string }).event_id,
      ),
    );
    expect([...ids].toSorted()).toEqual(['before', 'hung']);
  }, 180_000);
});
