import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyPack } from '../../dashboard/server/evidence/pack.ts';
import type { Alert } from '../../models/contract/alert.ts';
import { caseTransition, type CaseTransitionEvent } from '../../models/contract/events/case-transition.ts';
import { evidencePack } from '../../models/contract/events/evidence-pack.ts';
import { HeldServer } from './held-cases.ts';
import { ADMIN_TOKEN, bearer } from './running-server.ts';

let server: HeldServer;

beforeAll(async () => {
  server = await HeldServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.begin();
});

type Headers = Readonly<Record<string, string>>;
const move = (id: string, body: object, headers: Headers = {}): Promise<Response> =>
  server.post(`${id}/transitions`, body, headers);

/** Until the server goes by the stored case again, which is open: it asks by itself, when the case is asked for. */
const untilForgotten = (id: string): Promise<void> =>
  expect.poll(async () => (await server.get(`/v1/alerts/${id}`)).body).toMatchObject({ state: 'open' });

describe('POST /v1/alerts/{id}/transitions', () => {
  it('the evidence of a case is a whole pack with a digest, 304 for who holds it, 404 for no case', async () => {
    const address = '/v1/alerts/case-1/evidence';
    const response = await server.ask(address);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/zip');
    const verdict = verifyPack(new Uint8Array(await response.arrayBuffer()));
    expect(verdict).toMatchObject({ faults: [], digest: response.headers.get('evidence-digest') });
    expect(Object.keys(verdict.files)).toContain('scans.epcis.jsonld');
    const [given] = await server.published(1, evidencePack.topic);
    expect(given).toMatchObject({
      key: 'case-1',
      event: { alert_id: 'case-1', actor: 'admin', state: 'open', digest: verdict.digest, version: '0' },
    });
    const etag = response.headers.get('etag') ?? '';
    const held = await server.ask(address, { ...bearer(ADMIN_TOKEN), 'if-none-match': etag });
    expect(held.status).toBe(304);
    expect(await server.published(1, evidencePack.topic)).toHaveLength(1);
    const none = await server.ask('/v1/alerts/no-case/evidence');
    expect(none.status).toBe(404);
    expect((await server.ask(address, {})).status).toBe(401);
  });

  it('how fast cases are resolved is told of the days that are asked for, null with a reason where none was', async () => {
    const { body } = await server.get('/v1/alerts/response?days=7');
    const none = { mttd_h: null, mttr_h: null, precision: null, reason: 'no case was raised or closed' };
    expect(body).toEqual({ items: [{ raised: 0, alerts_per_day: 0, closed: 0, confirmed: 0, ...none }] });
    expect((await server.ask('/v1/alerts/response?days=0')).status).toBe(400);
  });

  it('answers the case as it will be, and the event is on its topic', async () => {
    const response = await move('case-1', {
      to_state: 'investigating',
      assignee: 'li.wei',
      reason: ' seen twice ',
    });
    expect(response.status).toBe(202);
    const moved = (await response.json()) as Alert;
    expect(moved).toEqual({
      ...server.alert(1),
      state: 'investigating',
      assignee: 'li.wei',
      reason: 'seen twice',
      updated_at: new Date(server.now_ms).toISOString(),
    });
    const [first] = await server.published(1, caseTransition.topic);
    expect(first).toMatchObject({
      key: 'case-1',
      event: {
        source: 'dealerstream-server',
        event_time: moved.updated_at,
        alert_id: 'case-1',
        from_state: 'open',
        to_state: 'investigating',
        actor: 'admin',
        assignee: 'li.wei',
        reason: 'seen twice',
      },
    });
  });

  it('a list by state goes by the moves that are not stored yet, page by page', async () => {
    await move('case-2', { to_state: 'acknowledged' });
    const list = async (query: string): Promise<{ ids: string[]; next: string | undefined }> => {
      const { body } = await server.get(`/v1/alerts?${query}`);
      const { items, next_cursor } = body as { items: Alert[]; next_cursor?: string };
      return { ids: items.map(({ alert_id }) => alert_id), next: next_cursor };
    };
    expect((await list('state=open')).ids).toEqual(['case-3', 'case-1']);
    expect((await list('state=acknowledged')).ids).toEqual(['case-2']);
    expect((await list('state=acknowledged&kind=clone')).ids).toEqual([]);
    await move('case-3', { to_state: 'acknowledged' });
    await move('case-1', { to_state: 'acknowledged' });
    const first = await list('state=acknowledged&limit=2');
    expect(first.ids).toEqual(['case-3', 'case-2']);
    const second = await list(`state=acknowledged&limit=2&cursor=${first.next ?? ''}`);
    expect(second).toEqual({ ids: ['case-1'], next: undefined });
  });

  it('a weak entity tag is not the one of If-Match', async () => {
    const { etag } = await server.get('/v1/alerts/case-1');
    const weak = await move('case-1', { to_state: 'acknowledged' }, { 'if-match': `W/${etag}` });
    expect(weak.status).toBe(412);
    expect((await move('case-1', { to_state: 'acknowledged' }, { 'if-match': etag })).status).toBe(202);
  });

  it('a second move is judged by the first, before the processors have folded it in', async () => {
    await move('case-1', { to_state: 'confirmed' });
    expect((await server.get('/v1/alerts/case-1')).body).toMatchObject({ state: 'confirmed' });
    const refused = await move('case-1', { to_state: 'acknowledged' });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      detail: 'a case that is confirmed can become investigating, closed; not acknowledged',
    });
    expect((await move('case-1', { to_state: 'closed' })).status).toBe(202);
  });

  it('the stored case counts again once it is newer, or a minute after a move that was taken in and does not show', async () => {
    await move('case-1', { to_state: 'acknowledged' });
    await move('case-2', { to_state: 'acknowledged' });
    server.now_ms += 1_000;
    server.cases.alerts.set('case-1', {
      ...server.alert(1),
      state: 'investigating',
      updated_at: new Date(server.now_ms).toISOString(),
    });
    expect((await server.get('/v1/alerts/case-1')).body).toMatchObject({ state: 'investigating' });
    expect((await server.get('/v1/alerts/case-2')).body).toMatchObject({ state: 'acknowledged' });
    server.now_ms += 60_000;
    await untilForgotten('case-2');
  });

  it('while what is said of cases is not taken in, of two moves from one sight the second is refused, however late', async () => {
    const { etag } = await server.get('/v1/alerts/case-1');
    expect((await move('case-1', { to_state: 'acknowledged' }, { 'if-match': etag })).status).toBe(202);
    server.areTakenIn = false;
    // Asked after each of them it stays remembered, so the next one finds it so.
    for (const later_ms of [61_000, 0, 10_000, 0, 3_600_000, 0]) {
      server.now_ms += later_ms;
      const second = await move('case-1', { to_state: 'dismissed', reason: 'x' }, { 'if-match': etag });
      expect(second.status).toBe(412);
      await delay(50);
    }
    server.areTakenIn = true;
    server.now_ms += 10_000;
    await untilForgotten('case-1');
  });

  it('a server started anew knows the moves that are not taken in: of two from one sight the second is refused', async () => {
    const { etag } = await server.get('/v1/alerts/case-1');
    const first = { to_state: 'acknowledged', assignee: 'li.wei', reason: 'seen' };
    expect((await move('case-1', first, { 'if-match': etag })).status).toBe(202);
    const merged = await server.get('/v1/alerts/case-2');
    const merge = await server.post('case-2/merge', { with: ['case-3'] }, { 'if-match': merged.etag });
    expect(merge.status).toBe(202);
    await server.restart();
    const second = await move('case-1', { to_state: 'dismissed', reason: 'x' }, { 'if-match': etag });
    expect(second.status).toBe(412);
    expect((await server.get('/v1/alerts/case-1')).body).toMatchObject({
      state: 'acknowledged',
      assignee: 'li.wei',
      reason: 'seen',
    });
    expect((await server.get('/v1/alerts/case-2')).body).toMatchObject({ member_ids: ['case-3'] });
    expect((await server.get('/v1/alerts/case-3')).body).toMatchObject({ merged_into: 'case-2' });
    expect((await move('case-3', { to_state: 'acknowledged' })).status).toBe(409);
  });

  it('a dismissal needs a reason, and an unknown case or state is refused', async () => {
    for (const reason of [undefined, '', '  ']) {
      const response = await move('case-1', { to_state: 'dismissed', reason });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ pointer: '/reason' }] });
    }
    expect((await move('case-1', { to_state: 'dismissed', reason: 'own transfer' })).status).toBe(202);
    expect((await move('none', { to_state: 'closed' })).status).toBe(404);
    expect((await move('case-1', { to_state: 'lost' })).status).toBe(422);
    expect((await move('case-1', { to_state: 'closed', colour: 'red' })).status).toBe(422);
  });

  it('If-Match moves only the case that was seen', async () => {
    const { etag } = await server.get('/v1/alerts/case-1');
    await move('case-1', { to_state: 'acknowledged' });
    expect((await move('case-1', { to_state: 'confirmed' }, { 'if-match': etag })).status).toBe(412);
    const seen = await server.get('/v1/alerts/case-1');
    expect((await move('case-1', { to_state: 'confirmed' }, { 'if-match': seen.etag })).status).toBe(202);
  });

  it('what is answered bears the entity tag that the case has from then on, also once it is stored', async () => {
    const { etag } = await server.get('/v1/alerts/case-1');
    const body = { to_state: 'acknowledged', reason: 'seen', assignee: 'li.wei' };
    const first = await move('case-1', body, { 'if-match': etag });
    const tag = first.headers.get('etag') ?? '';
    expect((await server.get('/v1/alerts/case-1')).etag).toBe(tag);
    const { assignee, reason, state, ...rest } = (await first.json()) as Alert;
    server.cases.alerts.set('case-1', { reason, state, ...rest, assignee } as Alert);
    expect((await server.get('/v1/alerts/case-1')).etag).toBe(tag);
    server.now_ms += 1_000;
    const second = await move('case-1', { to_state: 'confirmed' }, { 'if-match': tag });
    expect(second.status).toBe(202);
    const given = await server.post(
      'case-1/assignment',
      { assignee: null },
      { 'if-match': second.headers.get('etag') ?? '' },
    );
    expect(given.status).toBe(202);
    const merged = await server.post(
      'case-1/merge',
      { with: ['case-2'] },
      { 'if-match': given.headers.get('etag') ?? '' },
    );
    expect(merged.status).toBe(202);
    expect((await server.get('/v1/alerts/case-1')).etag).toBe(merged.headers.get('etag'));
  });

  it('a merge that names a case twice is told where', async () => {
    const { etag } = await server.get('/v1/alerts/case-1');
    const twice = await server.post(
      'case-1/merge',
      { with: ['case-2', 'case-3', 'case-2'] },
      { 'if-match': etag },
    );
    expect(twice.status).toBe(422);
    expect(await twice.json()).toMatchObject({
      errors: [{ pointer: '/with/2', detail: 'is in the list already' }],
    });
  });

  it('of moves of one sight of a case that come at the same time one is made', async () => {
    const { etag } = await server.get('/v1/alerts/case-1');
    const { find } = server.cases;
    const all_asked = delay(300);
    server.cases.find = async (id) => {
      await all_asked;
      return find(id);
    };
    const states = ['acknowledged', 'investigating', 'confirmed', 'acknowledged'];
    const answers = await Promise.all(
      states.map((to_state) => move('case-1', { to_state }, { 'if-match': etag })),
    );
    server.cases.find = find;
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 412, 412, 412]);
  });
});

describe('a move whose answer was lost', () => {
  it('sent once more to a server that knows of it no longer is the same event; another move is another', async () => {
    const { etag } = await server.get('/v1/alerts/case-3');
    const seen = { 'if-match': etag };
    const body = { to_state: 'acknowledged', reason: 'seen twice' };
    expect((await move('case-3', body, seen)).status).toBe(202);
    server.now_ms += 61_000; // as after a restart: the move is not stored and not remembered
    await untilForgotten('case-3');
    expect((await move('case-3', body, seen)).status).toBe(202);
    server.now_ms += 61_000;
    await untilForgotten('case-3');
    expect((await move('case-3', { ...body, to_state: 'confirmed' }, seen)).status).toBe(202);
    const events = (await server.published(3, caseTransition.topic))
      .filter(({ key }) => key === 'case-3')
      .slice(-3)
      .map(({ event }) => event as CaseTransitionEvent);
    expect(events.map(({ to_state }) => to_state)).toEqual(['acknowledged', 'acknowledged', 'confirmed']);
    const [first, again, other] = events.map(({ event_id }) => event_id);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});

describe('POST /v1/alerts/{id}/assignment', () => {
  const assign = (id: string, body: object, headers: Headers = {}) =>
    server.post(`${id}/assignment`, body, headers);

  it('gives a case to somebody and to nobody, and its state and reason stay', async () => {
    await move('case-2', { to_state: 'investigating', reason: 'seen twice' });
    const given = await assign('case-2', { assignee: 'li.wei' });
    expect([given.status, await given.json()]).toMatchObject([
      202,
      { state: 'investigating', assignee: 'li.wei', reason: 'seen twice' },
    ]);
    const taken = await assign('case-2', { assignee: null });
    expect((await taken.json()) as Alert).not.toHaveProperty('assignee');
    const mine = (await server.published(3, caseTransition.topic))
      .filter(({ key }) => key === 'case-2')
      .slice(-2);
    expect(mine).toMatchObject([
      {
        event: {
          from_state: 'investigating',
          to_state: 'investigating',
          assignee: 'li.wei',
          reason: 'seen twice',
        },
      },
      { event: { from_state: 'investigating', to_state: 'investigating', assignee: '' } },
    ]);
  });

  it('If-Match gives only the case that was seen; a body without an assignee is refused', async () => {
    const { etag } = await server.get('/v1/alerts/case-1');
    expect((await assign('case-1', { assignee: 'a' }, { 'if-match': etag })).status).toBe(202);
    expect((await assign('case-1', { assignee: 'b' }, { 'if-match': etag })).status).toBe(412);
    expect((await assign('case-1', {})).status).toBe(422);
    expect((await assign('none', { assignee: 'a' })).status).toBe(404);
  });
});

describe('GET /v1/alerts', () => {
  it('pages by cursor through every case once, the last raised first', async () => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await server.get(`/v1/alerts?limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`))
        .body as {
        items: Alert[];
        next_cursor?: string;
      };
      ids.push(...page.items.map(({ alert_id }) => alert_id));
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(ids).toEqual(['case-3', 'case-2', 'case-1']);
  });
});
