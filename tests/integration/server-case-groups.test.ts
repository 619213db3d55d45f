import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../models/contract/alert.ts';
import { caseGrouping } from '../../models/contract/events/case-grouping.ts';
import { HeldServer } from './held-cases.ts';

let server: HeldServer;

beforeAll(async () => {
  server = await HeldServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.begin();
});

const move = (id: string, body: object): Promise<Response> => server.post(`${id}/transitions`, body);

describe('POST /v1/alerts/{id}/merge and /split', () => {
  /** Whatever is asked for, of the case that was seen last. */
  const group = async (way: 'merge' | 'split', id: string, body: object): Promise<Response> =>
    server.post(`${id}/${way}`, body, { 'if-match': (await server.get(`/v1/alerts/${id}`)).etag });
  const listed = async (query = ''): Promise<string[]> =>
    ((await server.get(`/v1/alerts${query}`)).body as { items: Alert[] }).items.map(
      ({ alert_id }) => alert_id,
    );

  it('merges only into the case that was seen: 428 without its tag, 412 with an old one', async () => {
    const { etag } = await server.get('/v1/alerts/case-1');
    expect((await server.post('case-1/merge', { with: ['case-2'] })).status).toBe(428);
    await move('case-1', { to_state: 'acknowledged' });
    expect((await server.post('case-1/merge', { with: ['case-2'] }, { 'if-match': etag })).status).toBe(412);
    expect(await listed()).toEqual(['case-3', 'case-2', 'case-1']);
  });

  it('a merged case points to its lead, leaves the list and moves no more; its members come with it', async () => {
    expect((await group('merge', 'case-2', { with: ['case-3'] })).status).toBe(202);
    expect(await listed('?merged_into=case-2')).toEqual(['case-3']);
    const merged = await group('merge', 'case-1', { with: ['case-2'], reason: ' one van ' });
    expect([merged.status, await merged.json()]).toMatchObject([
      202,
      { alert_id: 'case-1', state: 'open', member_ids: ['case-2', 'case-3'] },
    ]);
    expect((await server.get('/v1/alerts/case-2')).body).toMatchObject({
      merged_into: 'case-1',
      state: 'open',
    });
    expect(await listed()).toEqual(['case-1']);
    // The last raised first, also of what is not stored yet.
    expect(await listed('?merged_into=case-1')).toEqual(['case-3', 'case-2']);
    expect(await listed('?merged_into=case-2')).toEqual([]);
    const refused = await move('case-2', { to_state: 'confirmed' });
    expect([refused.status, await refused.json()]).toMatchObject([
      409,
      { detail: 'the case is part of case-1: that one is moved in its place' },
    ]);
    expect(await server.published(2, caseGrouping.topic)).toContainEqual({
      key: 'case-1',
      event: expect.objectContaining({
        action: 'merge',
        member_ids: ['case-2', 'case-3'],
        actor: 'admin',
        reason: 'one van',
      }) as unknown,
    });
  });

  it('splits off what is part of it, and nothing else', async () => {
    await group('merge', 'case-1', { with: ['case-2', 'case-3'] });
    const stranger = await group('split', 'case-1', { members: ['case-2', 'case-9'] });
    expect([stranger.status, await stranger.json()]).toMatchObject([
      422,
      { errors: [{ pointer: '/members/1', detail: 'is not part of this case' }] },
    ]);
    const split = await group('split', 'case-1', { members: ['case-2'] });
    expect([split.status, await split.json()]).toMatchObject([202, { member_ids: ['case-3'] }]);
    expect((await server.get('/v1/alerts/case-2')).body).not.toHaveProperty('merged_into');
    expect(await listed()).toEqual(['case-2', 'case-1']);
    expect((await move('case-2', { to_state: 'confirmed' })).status).toBe(202);
  });

  it.each([
    [['case-9'], 422, '/with/0', 'there is no such case'],
    [['case-2', 'case-1'], 422, '/with/1', 'is the case itself'],
    [['in-dollars'], 422, '/with/0', 'is valued in USD, not in CNY'],
    [['judged'], 409, '/with/0', 'is confirmed; only a case without a verdict can be merged into another'],
    [['part'], 409, '/with/0', 'is part of another'],
    [[], 422, '/with', ''],
  ])('merging %j is refused with %d and the place', async (ids, status, pointer, detail) => {
    server.cases.alerts.set('in-dollars', { ...server.alert(4), alert_id: 'in-dollars', currency: 'USD' });
    server.cases.alerts.set('judged', { ...server.alert(5), alert_id: 'judged', state: 'confirmed' });
    server.cases.alerts.set('part', { ...server.alert(6), alert_id: 'part', merged_into: 'another' });
    const refused = await group('merge', 'case-1', { with: ids });
    expect(refused.status).toBe(status);
    const [error] = ((await refused.json()) as { errors: { pointer: string; detail: string }[] }).errors;
    expect(error?.pointer).toBe(pointer);
    expect(error?.detail).toContain(detail);
  });
});
