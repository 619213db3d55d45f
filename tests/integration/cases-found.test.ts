import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../dashboard/server/server.ts';
import { CASE_SORTS, type CaseSort, type NamedAlert } from '../../models/contract/alert.ts';
import { byPosition, positionOf } from '../../models/contract/case-order.ts';
import { columnsOf } from '../../processors/cases/case-row.ts';
import { ADMIN_TOKEN, Surroundings, bearer, expectProblem } from './running-server.ts';

/** Cases as investigators look for them: by HTTP, over stored cases that are known beforehand. */
const begin_ms = Date.parse('2026-11-01T00:00:00.000Z');
const at = (hours: number): string => new Date(begin_ms + 3_600_000 * hours).toISOString();
const DEALERS = ['上海恒达百货有限公司', '巴中博远商贸有限公司', 'Bright Trading 商行'];
const PRODUCTS = ['和元 蛋白粉 450g', '沐兰 精华液 30ml'];
const PLACES = ['320500', '511900', '440100', '440300', undefined];
/** In the spelling of a link, and as a scanner may tell it otherwise. */
const UNLISTED = 'https://id.example.com/01/09520001000379/21/UNLISTED';
const UNLISTED_URN = 'urn:epc:id:sgtin:9520001.000037.UNLISTED';

let around: Surroundings;
let server: RunningServer;

/** Values, confidences and times that several share: a page may end between them. */
function caseOf(n: number): NamedAlert {
  const found_adcode = PLACES[n % PLACES.length];
  return {
    alert_id: `dv-${String(n).padStart(3, '0')}`,
    state: (['open', 'acknowledged', 'closed'] as const)[n % 3] ?? 'open',
    severity: (['critical', 'warning', 'info'] as const)[Math.floor(n / 3) % 3] ?? 'info',
    kinds: n % 4 === 0 ? ['clone', 'out_of_territory'] : ['out_of_territory'],
    confidence: [0.1 + 0.2, 0.3, 1, 0.6425794648456032][n % 4] ?? 1,
    origin_dealer_id: `D-${(n % 3) + 1}`,
    ...(n % 2 === 0 && { found_dealer_id: 'D-3' }),
    ...(found_adcode !== undefined && { found_adcode }),
    sku_id: `SKU-${(n % 2) + 1}`,
    lot: `L2611${n % 7}`,
    units: n,
    value: ['-5.50', '0.00', '1000000.01', '999999.99', '20.00'][n % 5] ?? '0.00',
    currency: 'CNY',
    codes: [`https://id.example.com/01/09520001000379/21/N${n}`],
    first_event_time: at(n),
    last_event_time: at(n),
    raised_at: at(Math.floor(n / 4)),
    updated_at: at(200),
  };
}
const all = Array.from({ length: 40 }, (_, n) => caseOf(n));
/** It is part of the first of all, and of other goods. */
const part: NamedAlert = { ...caseOf(41), lot: 'OF-THE-PART', merged_into: 'dv-000' };

beforeAll(async () => {
  around = await Surroundings.create();
  const version = { source: 'mdm', event_time: at(-9_000), valid_from: at(-9_000) };
  const place = { _topic: 't', _partition: 0, _ingested_at: at(-9_000) };
  await around.sql.insertRows(
    'raw_dealers',
    DEALERS.map((name, n) => {
      const dealer = {
        dealer_id: `D-${n + 1}`,
        name,
        tier: 1,
        status: 'active',
        territory_id: 'T',
        adcode: '310000',
      };
      return { ...version, ...dealer, event_id: `d${n}`, ...place, _offset: n };
    }),
  );
  await around.sql.insertRows(
    'raw_products',
    PRODUCTS.map((name, n) => {
      const product = { sku_id: `SKU-${n + 1}`, name, category: 'c', unit_cost: '1', currency: 'CNY' };
      return { ...version, ...product, event_id: `p${n}`, ...place, _offset: n };
    }),
  );
  for (const dictionary of ['raw_dealer_versions', 'raw_product_versions'])
    await around.sql.command(`SYSTEM RELOAD DICTIONARY ${dictionary}`);
  await around.sql.insertRows(
    'raw_mart_diversion_cases',
    [...all, part].map((alert) => ({ ...columnsOf(alert), version: 1, is_deleted: 0 })),
  );
  const of_case = { origin_dealer_id: 'D-2', sku_id: 'SKU-2', lot: 'L26110', region: '511900' };
  // Two of its own case, the second in the case that is part of the first of all.
  await around.sql.insertRows(
    'raw_mart_diversion_signals',
    [of_case, { ...of_case, origin_dealer_id: 'D-3', lot: 'OF-THE-PART', region: '511900' }].map(
      (goods, n) => ({
        ...goods,
        code: n === 0 ? 'sgtin:952000100037.UNLISTED' : 'PRIVATE-7',
        sent_code: n === 0 ? UNLISTED : '',
        kind: 'out_of_territory',
        source: 's',
        event_id: `e${n}`,
        event_time: at(1),
        version: 1,
      }),
    ),
  );
  server = await around.start();
});
afterAll(async () => {
  await server.stop();
  await around.stop();
});

type Parts = Readonly<Record<string, string>>;
const ask = (path: string, parts: Parts): Promise<Response> =>
  fetch(`${server.url}${path}?${new URLSearchParams(parts).toString()}`, { headers: bearer(ADMIN_TOKEN) });
const page = async (parts: Parts) =>
  (await (await ask('/v1/alerts', parts)).json()) as { items: NamedAlert[]; next_cursor?: string };
const idsOf = async (parts: Parts): Promise<string[]> =>
  (await page({ limit: '200', ...parts })).items.map(({ alert_id }) => alert_id).sort();
const idsWhere = (holds: (alert: NamedAlert) => boolean): string[] =>
  all.filter(holds).map(({ alert_id }) => alert_id);

describe('the order of cases', () => {
  it.each(CASE_SORTS)(
    'pages by %s through every case once, also between those that share it',
    async (sort: CaseSort) => {
      const order = all.toSorted((a, b) => byPosition(positionOf(a, sort), positionOf(b, sort)));
      const listed: string[] = [];
      let cursor: string | undefined;
      do {
        const { items, next_cursor } = await page({
          sort,
          limit: '7',
          ...(cursor !== undefined && { cursor }),
        });
        listed.push(...items.map(({ alert_id }) => alert_id));
        cursor = next_cursor;
      } while (cursor !== undefined);
      expect(listed).toEqual(order.map(({ alert_id }) => alert_id));
    },
  );

  it('is the newest first for who asks for none, with the cursor that it had', async () => {
    const first = await page({ limit: '3' });
    expect(first).toEqual(await page({ limit: '3', sort: 'newest' }));
    const { raised_at, alert_id } = first.items[2] ?? caseOf(0);
    const cursor = Buffer.from(JSON.stringify({ raised_at, alert_id })).toString('base64url');
    expect(first.next_cursor).toBe(cursor);
  });

  it('refuses the cursor of another sort, and what is no sort, region or severity, by name', async () => {
    const { next_cursor = '' } = await page({ limit: '3' });
    const other = await expectProblem(await ask('/v1/alerts', { sort: 'value', cursor: next_cursor }), 400);
    expect(other.errors).toMatchObject([{ pointer: '/cursor' }]);
    const wrong = { sort: 'oldest', found: 'Sichuan', severity: 'dire', names: '1', find: 'x'.repeat(301) };
    const problem = await expectProblem(await ask('/v1/alerts', wrong), 400);
    expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/find',
      '/found',
      '/names',
      '/severity',
      '/sort',
    ]);
  });
});

describe('looking for cases', () => {
  it('by dealer, of origin or where found, by name or id, whatever its case', async () => {
    const of_1 = idsWhere(({ origin_dealer_id }) => origin_dealer_id === 'D-1');
    expect(await idsOf({ find: '恒达' })).toEqual(of_1);
    expect(await idsOf({ find: 'd-1' })).toEqual(of_1);
    const with_3 = idsWhere((one) => [one.origin_dealer_id, one.found_dealer_id].includes('D-3'));
    expect(await idsOf({ find: 'bright trading' })).toEqual(with_3);
  });

  it('by product and by dealer together: every word must be there', async () => {
    const both = idsWhere((one) => one.sku_id === 'SKU-1' && one.origin_dealer_id === 'D-1');
    expect(await idsOf({ find: '恒达　蛋白粉 ' })).toEqual(both);
    expect(await idsOf({ find: '恒达 nothing' })).toEqual([]);
    expect(await idsOf({ find: "恒达' OR 1=1 --" })).toEqual([]);
    expect(await idsOf({ find: '   ' })).toHaveLength(all.length);
  });

  it('by lot, by a listed code and by a part of it', async () => {
    expect(await idsOf({ find: 'l26113' })).toEqual(idsWhere(({ lot }) => lot === 'L26113'));
    expect(await idsOf({ find: '21/N39' })).toEqual(['dv-039']);
    expect(await idsOf({ find: 'dv-017' })).toEqual(['dv-017']);
  });

  it.each([UNLISTED, UNLISTED_URN, '(01)09520001000379(21)UNLISTED'])(
    'by a code that its case does not list, however it is spelled: %s',
    async (find) => {
      const goods = (one: NamedAlert): boolean =>
        one.origin_dealer_id === 'D-2' &&
        one.sku_id === 'SKU-2' &&
        one.lot === 'L26110' &&
        one.found_adcode === '511900';
      expect(await idsOf({ find })).toEqual(idsWhere(goods));
    },
  );

  it('what was merged into a case leads to that case', async () => {
    expect(await idsOf({ find: 'of-the-part' })).toEqual(['dv-000']);
    expect(await idsOf({ find: 'PRIVATE-7' })).toEqual(['dv-000']);
    expect(await idsOf({ find: 'of-the-part', merged_into: 'dv-000' })).toEqual([part.alert_id]);
  });

  it('by severity and by region: a province holds its prefectures', async () => {
    expect(await idsOf({ severity: 'critical' })).toEqual(
      idsWhere(({ severity }) => severity === 'critical'),
    );
    const of_guangdong = idsWhere(({ found_adcode }) => found_adcode?.startsWith('44') === true);
    expect(await idsOf({ found: '440000' })).toEqual(of_guangdong);
    expect(await idsOf({ found: '440300' })).toEqual(
      idsWhere(({ found_adcode }) => found_adcode === '440300'),
    );
  });

  it('tells the names of dealers and product to who asks for them', async () => {
    const [plain] = (await page({ find: 'dv-000' })).items;
    const [named] = (await page({ find: 'dv-000', names: 'true' })).items;
    const names = {
      origin_dealer_name: DEALERS[0],
      origin_adcode: '310000',
      found_dealer_name: DEALERS[2],
      sku_name: PRODUCTS[0],
    };
    expect(plain).not.toHaveProperty('sku_name');
    expect(named).toEqual({ ...plain, ...names });
  });

  it('a case that a move brings into the filter is listed at once, in its place', async () => {
    const alert = all.find(({ state, severity }) => state === 'open' && severity === 'critical') ?? caseOf(0);
    const moved = await fetch(`${server.url}/v1/alerts/${alert.alert_id}/transitions`, {
      method: 'POST',
      headers: { ...bearer(ADMIN_TOKEN), 'content-type': 'application/json' },
      body: JSON.stringify({ to_state: 'investigating' }),
    });
    expect(moved.status).toBe(202);
    expect(await idsOf({ state: 'investigating', sort: 'value', severity: 'critical' })).toEqual([
      alert.alert_id,
    ]);
    expect(await idsOf({ state: 'investigating', severity: 'warning' })).toEqual([]);
    expect(await idsOf({ state: 'investigating', find: 'nobody' })).toEqual([]);
  });
});

describe('how many cases there are', () => {
  const countsOf = async (parts: Parts): Promise<Record<string, number>> => {
    const { items } = (await (await ask('/v1/alerts/counts', parts)).json()) as {
      items: { facet: string; value: string; cases: number }[];
    };
    return Object.fromEntries(items.map(({ facet, value, cases }) => [`${facet}:${value}`, cases]));
  };

  it('is what the list holds, and of each filter what it would hold', async () => {
    const counts = await countsOf({ severity: 'critical', found: '440000', find: 'sku-1' });
    const rest = (one: NamedAlert): boolean => one.sku_id === 'SKU-1';
    const south = (one: NamedAlert): boolean => one.found_adcode?.startsWith('44') === true;
    const critical = (one: NamedAlert): boolean => one.severity === 'critical';
    expect(counts['all:']).toBe(idsWhere((one) => rest(one) && south(one) && critical(one)).length);
    expect(counts['severity:warning']).toBe(
      idsWhere((one) => rest(one) && south(one) && one.severity === 'warning').length,
    );
    expect(counts['found:510000']).toBe(
      idsWhere((one) => rest(one) && critical(one) && one.found_adcode === '511900').length,
    );
    expect(counts['kind:clone'] ?? 0).toBe(
      idsWhere((one) => rest(one) && south(one) && critical(one) && one.kinds.includes('clone')).length,
    );
  });

  it('refuses what the list refuses', async () => {
    const problem = await expectProblem(await ask('/v1/alerts/counts', { found: 'x', limit: '3' }), 400);
    expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/found', '/limit']);
  });
});

it('the description of the API lists every parameter', async () => {
  const document = (await (await ask('/v1/openapi.json', {})).json()) as {
    paths: Record<string, { get: { parameters: { name: string }[] } }>;
  };
  const names = document.paths['/v1/alerts']?.get.parameters.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['find', 'found', 'severity', 'sort', 'names']));
  expect(document.paths).toHaveProperty('/v1/alerts/counts');
});
