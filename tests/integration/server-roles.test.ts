import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningServer } from '../../dashboard/server/server.ts';
import { Surroundings, bearer } from './running-server.ts';

/** What people may do, by their token and by the session that it begins. */
let around: Surroundings;
let server: RunningServer;

beforeAll(async () => {
  around = await Surroundings.create();
  server = await around.start();
});
afterAll(async () => {
  await server.stop();
  await around.stop();
});

const call = (path: string, init: RequestInit = {}): Promise<Response> => fetch(server.url + path, init);
const JSON_BODY = { 'content-type': 'application/json' };
const signIn = (path: string, token: string): Promise<Response> =>
  call(path, { method: 'POST', headers: JSON_BODY, body: JSON.stringify({ token }) });

/** Status of each call that not everybody may make; what it is about is not there, so that 404 is the answer to who may. */
async function answersTo(who: Readonly<Record<string, string>>): Promise<Record<string, number>> {
  const ask = async (path: string, method: string, body: object): Promise<number> => {
    const headers = { ...who, ...JSON_BODY };
    return (await call(path, { method, headers, body: JSON.stringify(body) })).status;
  };
  const item = { dealer_id: 'D', sku_id: 'S', bucket_start: '2026-01-01', override_qty: 1, reason: 'r' };
  return {
    transition: await ask('/v1/alerts/none/transitions', 'POST', { to_state: 'acknowledged' }),
    decision: await ask('/v1/suggestions/none/decision', 'POST', { decision: 'accepted' }),
    override: await ask('/v1/forecasts/overrides', 'PUT', { items: [item] }),
    money: (await call('/v1/reconciliation', { headers: who })).status,
    kpis: (await call('/v1/kpis', { headers: who })).status,
  };
}

it.each([
  ['viewer', { transition: 403, decision: 403, override: 403, money: 403, kpis: 200 }],
  ['planner', { transition: 403, decision: 404, override: 404, money: 403, kpis: 200 }],
  ['investigator', { transition: 404, decision: 403, override: 403, money: 403, kpis: 200 }],
  ['analyst', { transition: 403, decision: 403, override: 403, money: 200, kpis: 200 }],
] as const)(
  'a %s may do the same by token and by session, under their name, until it is revoked',
  async (role, wanted) => {
    const { secret, revoke } = await around.addKey('person', `${role} Wang`, role);
    await expect.poll(async () => (await signIn('/v1/session', secret)).status).toBe(200);
    const cookie = (await signIn('/v1/session', secret)).headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    const session = async (): Promise<Response> => call('/v1/session', { headers: { cookie } });
    expect(await (await session()).json()).toEqual({ role, display_name: `${role} Wang` });

    expect(await answersTo(bearer(secret))).toEqual(wanted);
    expect(await answersTo({ cookie, 'sec-fetch-site': 'same-origin' })).toEqual(wanted);
    expect((await signIn('/v1/display/session', secret)).status).toBe(401);

    await revoke();
    await expect.poll(async () => (await session()).status).toBe(401);
  },
);
