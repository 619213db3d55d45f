import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../ingest/program/program.ts';
import type { WebhookTarget } from '../../processors/webhooks/targets.ts';
import { startWebhooks, type Webhooks } from '../../processors/webhooks/webhooks.ts';
import { ProcessorsRun, casesAnd } from './processors-run.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const begin = new Date();
const iso = (ago_ms: number): string => new Date(begin.getTime() - ago_ms).toISOString();
const secret = `whsec_${Buffer.from('a secret of some length').toString('base64')}`;

interface Post {
  readonly id: string;
  readonly body: string;
  readonly headers: Record<string, string>;
}
let run: ProcessorsRun;
let receiver: Server;
let posts: Post[] = [];
/** What the receiver answers next; 200 and errcode 0 when nothing is said. */
let answers: { readonly status: number; readonly body: string }[] = [];
let now = begin;

/** A line below the floor: a case of its dealer and product. */
async function raise(order_id: string, sku_id: string): Promise<void> {
  await run.deliver('order', [
    {
      event_id: `${order_id}-placed`,
      source: 'erp',
      event_time: iso(2 * HOUR),
      dealer_id: 'D1',
      order_id,
      line_no: 1,
      sku_id,
      stage: 'placed',
      qty: 10,
      unit_price: '60.00',
      currency: 'CNY',
      channel: 'portal',
    },
  ]);
  await run.catchUp();
}
function webhooks(fields: Partial<WebhookTarget> = {}): Webhooks {
  const { port } = receiver.address() as AddressInfo;
  const target: WebhookTarget = {
    name: 'duty',
    url: `http://127.0.0.1:${port}/`,
    format: 'json',
    secret,
    lang: 'zh',
    states: ['open', 'confirmed'],
    severities: ['critical', 'warning', 'info'],
    kinds: [],
    pages_url: '',
    ...fields,
  };
  return startWebhooks({
    sql: run.sql,
    targets: [target],
    log: createLogger('test', 'silent'),
    now: () => now,
    on_timer: false,
  });
}
const later = (ms: number): void => {
  now = new Date(now.getTime() + ms);
};
const stored = (webhook = 'duty') =>
  run.sql.query<{ status: string; attempts: number; detail: string }>(
    `SELECT status, attempts, detail FROM mart_webhook_deliveries WHERE webhook = '${webhook}' ORDER BY raised_at, alert_id`,
  );

describe('webhooks', () => {
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = request.headers as Record<string, string>;
        posts.push({ id: headers['webhook-id'] ?? '', body: Buffer.concat(chunks).toString(), headers });
        const { status, body } = answers.shift() ?? { status: 200, body: '{"errcode":0}' };
        response.writeHead(status).end(body);
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    run = await ProcessorsRun.create(begin);
    await run.restart(casesAnd());
    const version = { source: 'mdm', event_time: iso(400 * DAY), valid_from: iso(400 * DAY) };
    await run.deliver('dealer', [
      {
        ...version,
        event_id: 'd',
        dealer_id: 'D1',
        name: 'D1',
        tier: 1,
        status: 'active',
        territory_id: 'T',
        adcode: '330100',
      },
    ]);
    const skus = ['S1', 'S2', 'S3', 'S4'];
    await run.deliver(
      'product',
      skus.map((sku_id) => ({
        ...version,
        event_id: sku_id,
        sku_id,
        name: sku_id,
        category: 'c',
        unit_cost: '50.00',
        currency: 'CNY',
      })),
    );
    await run.deliver(
      'price',
      skus.map((sku_id) => ({
        ...version,
        event_id: sku_id,
        sku_id,
        floor_price: '100.00',
        currency: 'CNY',
      })),
    );
    await raise('A', 'S1');
  }, 300_000);
  afterAll(async () => {
    await new Promise((resolve) => receiver.close(resolve));
    await run.drop();
  });
  beforeEach(() => {
    posts = [];
    answers = [];
  });

  test('a new target is not told of what was raised before', async () => {
    later(1_000);
    await webhooks().look();
    expect(posts).toEqual([]);
  });

  test('a case is told once, signed; another start tells it no second time', async () => {
    later(1_000);
    run.moveTo(now);
    await raise('B', 'S2');
    const hooks = webhooks();
    await hooks.look();
    await hooks.look();
    await webhooks().look();
    expect(posts).toHaveLength(1);
    const [post] = posts;
    const told = new Webhook(secret).verify(post?.body ?? '', post?.headers ?? {}) as { data: object };
    expect(told).toMatchObject({
      type: 'alert.open',
      data: { origin_dealer_id: 'D1', sku_id: 'S2', state: 'open' },
    });
    expect(await stored()).toEqual([{ status: 'delivered', attempts: 1, detail: '' }]);
    const [delivery] = await run.sql.query<{ cases: number; reason: string }>(
      "SELECT toUInt32(cases) AS cases, reason FROM mart_alert_delivery WHERE way = 'webhook'",
    );
    expect(delivery).toEqual({ cases: 1, reason: '' });
  });

  test('what is not taken is tried again under the same id, later and later', async () => {
    later(1_000);
    run.moveTo(now);
    await raise('C', 'S3');
    answers = [
      { status: 500, body: 'out of order' },
      { status: 404, body: 'gone' },
    ];
    const hooks = webhooks();
    await hooks.look();
    await hooks.look();
    expect(posts).toHaveLength(1);
    later(5_000);
    await hooks.look();
    expect((await stored())[1]).toEqual({ status: 'waiting', attempts: 2, detail: '404 gone' });
    later(5_000);
    await hooks.look();
    expect(posts).toHaveLength(2);
    later(5_000);
    await hooks.look();
    expect(new Set(posts.map(({ id }) => id)).size).toBe(1);
    expect((await stored())[1]).toEqual({ status: 'delivered', attempts: 3, detail: '' });
  });

  test('states that a case went through while the target took nothing are told, in their order', async () => {
    later(1_000);
    run.moveTo(now);
    await raise('D', 'S4');
    const [raised] = await run.sql.query<{ alert_id: string }>(
      "SELECT alert_id FROM mart_diversion_cases WHERE sku_id = 'S4'",
    );
    const alert_id = raised?.alert_id ?? '';
    answers = [{ status: 500, body: 'out of order' }];
    const every = webhooks({ states: ['open', 'acknowledged', 'investigating', 'confirmed'] });
    await every.look();
    const path = ['open', 'acknowledged', 'investigating', 'confirmed'] as const;
    for (const [i, to_state] of path.slice(1).entries()) {
      later(100);
      const move = { alert_id, from_state: path[i], to_state, actor: 'li.wei', reason: to_state };
      const event = { event_id: to_state, source: 'dealerstream-server', event_time: now.toISOString() };
      await run.deliver('case_transition', [{ ...event, ...move }]);
    }
    later(1_000);
    run.moveTo(now);
    await run.catchUp();
    later(60_000);
    await every.look();
    await every.look();
    const mine = posts.filter(({ id }) => id.startsWith(alert_id));
    expect(mine.map(({ id }) => id.split('.')[1])).toEqual(['open', ...path]);
    const told = mine.map(({ body }) => JSON.parse(body) as { type: string; data: { reason?: string } });
    expect(told.map(({ type }) => type).slice(1)).toEqual(path.map((state) => `alert.${state}`));
    expect(told.map(({ data }) => data.reason).at(-1)).toBe('confirmed');
    expect((await stored()).filter(({ status }) => status === 'waiting')).toEqual([]);
  });

  test('a state into which a case comes again is told again, under an id of its own, with the time at which it did', async () => {
    const [raised] = await run.sql.query<{ alert_id: string }>(
      "SELECT alert_id FROM mart_diversion_cases WHERE sku_id = 'S4'",
    );
    const alert_id = raised?.alert_id ?? '';
    const every = webhooks({ states: ['open', 'acknowledged', 'investigating', 'confirmed'] });
    const moved: string[] = [];
    for (const [from_state, to_state] of [
      ['confirmed', 'investigating'],
      ['investigating', 'confirmed'],
    ]) {
      later(1_000);
      moved.push(now.toISOString());
      await run.deliver('case_transition', [
        {
          ...{
            event_id: `again-${String(to_state)}`,
            source: 'dealerstream-server',
            event_time: now.toISOString(),
          },
          ...{ alert_id, from_state, to_state, actor: 'li.wei' },
        },
      ]);
    }
    run.moveTo(now);
    await run.catchUp();
    later(1_000);
    answers = [{ status: 500, body: 'out of order' }];
    await every.look();
    later(60_000);
    await every.look();
    await every.look();
    const told = posts
      .filter(({ id }) => id.startsWith(alert_id))
      .map(({ id, body }) => ({
        state: id.slice(alert_id.length + 1).replace(/[a-z]+\.(?=\d)|\.[a-z]+$/, ''),
        timestamp: (JSON.parse(body) as { timestamp: string }).timestamp,
      }));
    const investigating = { state: 'investigating.2', timestamp: moved[0] };
    expect(told).toEqual([investigating, { state: 'confirmed.2', timestamp: moved[1] }, investigating]);
  });

  test('a robot that answers 200 and refuses did not take it; it is not told faster than it may be', async () => {
    await run.sql.insertRows('raw_webhook_targets', [{ target: 'group', known_since: iso(DAY) }]);
    const robot = webhooks({ name: 'group', format: 'wecom' });
    answers = [{ status: 200, body: '{"errcode":45009,"errmsg":"api freq out of limit"}' }];
    later(60_000);
    await robot.look();
    expect(posts).toHaveLength(1);
    expect((await stored('group'))[0]).toMatchObject({ status: 'waiting', attempts: 1 });
    await robot.look();
    expect(posts).toHaveLength(1);
    later(60_000);
    await robot.look();
    expect(posts).toHaveLength(2);
  });

  test('who was told of a case is told when later data explain it; and of it anew when it is raised again', async () => {
    const priced = async (event_id: string, floor_price: string): Promise<void> => {
      later(1_000);
      const event = {
        source: 'mdm',
        event_time: now.toISOString(),
        valid_from: iso(300 * DAY),
        currency: 'CNY',
      };
      await run.deliver('price', [{ ...event, event_id, sku_id: 'S2', floor_price }]);
      run.moveTo(now);
      await run.catchUp();
      later(1_000);
    };
    const hooks = webhooks();
    const types = (): string[] => posts.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    await priced('lower', '10.00');
    answers = [{ status: 500, body: 'out of order' }];
    await hooks.look();
    later(60_000);
    await hooks.look();
    await hooks.look();
    expect(types()).toEqual(['alert.withdrawn', 'alert.withdrawn']);
    expect(JSON.parse(posts[0]?.body ?? '')).toMatchObject({ data: { sku_id: 'S2', state: 'open' } });
    expect(new Set(posts.map(({ id }) => id)).size).toBe(1);
    await webhooks({ name: 'stranger' }).look();
    await priced('higher', '101.00');
    await hooks.look();
    await hooks.look();
    expect(types().slice(2)).toEqual(['alert.open']);
    await priced('lower again', '10.00');
    await hooks.look();
    await hooks.look();
    expect(types().slice(3)).toEqual(['alert.withdrawn']);
    expect(new Set(posts.map(({ id }) => id)).size).toBe(3);
  });

  test('who was told of a case that somebody works on is told once when it lapses', async () => {
    const [worked] = await run.sql.query<{ alert_id: string }>(
      "SELECT alert_id FROM mart_diversion_cases WHERE sku_id = 'S4' AND state = 'confirmed'",
    );
    later(1_000);
    const event = {
      source: 'mdm',
      event_time: now.toISOString(),
      valid_from: iso(300 * DAY),
      currency: 'CNY',
    };
    await run.deliver('price', [{ ...event, event_id: 'S4-lower', sku_id: 'S4', floor_price: '10.00' }]);
    run.moveTo(now);
    await run.catchUp();
    later(1_000);
    await webhooks().look();
    await webhooks().look();
    expect(posts).toHaveLength(1);
    expect(posts[0]?.id).toMatch(`${worked?.alert_id ?? 'none'}.lapsed.`);
    expect(JSON.parse(posts[0]?.body ?? '')).toMatchObject({
      type: 'alert.lapsed',
      data: { state: 'confirmed', lapsed_at: expect.any(String) as string },
    });
  });
});
