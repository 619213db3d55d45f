import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../dashboard/server/server.ts';
import { formatDecimal, parseDecimal } from '../../models/money/decimal.ts';
import { PROBLEM_MEDIA_TYPE } from '../../models/contract/problem.ts';
import { ADMIN_TOKEN, Surroundings, bearer } from './running-server.ts';

/** `GET /v1/reconciliation` and `GET /v1/rebates` of the real server on real marts. */
let around: Surroundings;
let server: RunningServer;

const at = { _topic: 't', _partition: 0, _ingested_at: '2026-03-01T00:00:00.000Z' };
let offset = 0;
async function write(table: string, rows: readonly object[]): Promise<void> {
  const lines = rows.map((row) =>
    Buffer.from(`${JSON.stringify({ source: 's', ...row, ...at, _offset: offset++ })}\n`),
  );
  await around.sql.insertLines({ table, lines });
}

beforeAll(async () => {
  around = await Surroundings.create();
  const event_time = '2026-02-10T04:00:00.000Z';
  const valid = { event_time: '2026-01-01T00:00:00Z', valid_from: '2026-01-01T00:00:00Z' };
  const order = {
    event_time,
    dealer_id: 'A',
    line_no: 1,
    sku_id: 'K',
    unit_price: '0.1',
    currency: 'CNY',
    channel: 'edi',
  };
  await write('raw_dealers', [
    {
      ...valid,
      event_id: 'a',
      dealer_id: 'A',
      name: '珠海锦程百货',
      tier: 2,
      parent_dealer_id: 'B',
      territory_id: '',
      status: 'active',
    },
    { ...valid, event_id: 'b', dealer_id: 'B', name: 'B', tier: 1, territory_id: '', status: 'active' },
  ]);
  await around.sql.command('SYSTEM RELOAD DICTIONARY raw_dealer_versions');
  await write(
    'raw_orders',
    Array.from({ length: 7 }, (_, n) => ({
      ...order,
      event_id: `o${n}`,
      order_id: `O${n}`,
      stage: 'placed',
      qty: 3 + n,
    })),
  );
  await write('raw_money', [
    {
      event_id: 'i',
      event_time,
      dealer_id: 'A',
      doc_id: 'i',
      kind: 'invoice',
      amount: '0.30',
      currency: 'CNY',
      order_id: 'O0',
    },
  ]);
  await write('raw_rebate_programs', [
    {
      ...valid,
      event_id: 'p',
      program_id: 'P',
      basis: 'net_sales',
      period: 'month',
      tiers: [
        { from: 0, rate_pct: 1 },
        { from: 100, rate_pct: 2.5 },
      ],
      retroactive: false,
      split: [
        { level: 0, share_pct: 66.6667 },
        { level: 1, share_pct: 33.3333 },
      ],
    },
  ]);
  const day = { dealer_id: 'A', sku_id: 'K', currency: 'CNY', shipped_qty: '10', version: 1 };
  await around.sql.insertRows(
    'raw_mart_sales_days',
    ['2026-01-05', '2026-02-05', '2026-03-05'].map((date, n) => ({
      ...day,
      day: date,
      shipped_value: `${n + 1}00.10`,
    })),
  );
  server = await around.start();
});
afterAll(async () => {
  await server.stop();
  await around.stop();
});

async function get(
  path: string,
  token = ADMIN_TOKEN,
): Promise<{ status: number; type: string; body: Record<string, unknown> }> {
  const response = await fetch(server.url + path, { headers: bearer(token) });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, type: response.headers.get('content-type') ?? '', body };
}

/** Follows the cursors to the end. */
async function pagesOf(path: string): Promise<Record<string, unknown>[][]> {
  const pages: Record<string, unknown>[][] = [];
  for (let cursor = ''; ;) {
    const { status, body } = await get(`${path}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    pages.push(body['items'] as Record<string, unknown>[]);
    if (typeof body['next_cursor'] !== 'string') return pages;
    cursor = body['next_cursor'];
  }
}

describe('GET /v1/reconciliation', () => {
  it('lists every difference once, page by page', async () => {
    const [whole = []] = await pagesOf('/v1/reconciliation?limit=200');
    // Seven orders placed and not shipped; one of them invoiced without a shipment, and not paid.
    expect(whole.length).toBe(9);
    const pages = await pagesOf('/v1/reconciliation?limit=2');
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 2, 2, 1]);
    expect(pages.flat()).toEqual(whole);
    expect(whole.filter(({ order_id }) => order_id === 'O0')).toMatchObject([
      {
        dealer_id: 'A',
        dealer_name: '珠海锦程百货',
        pair: 'invoice_payment',
        earlier_amount: '0.3',
        later_amount: '0',
        difference: '-0.3',
        since: '2026-02-10T04:00:00.000Z',
      },
      { pair: 'order_shipment', difference: '-0.3' },
      { pair: 'shipment_invoice', difference: '0.3' },
    ]);
  });

  it('of one dealer tells its statements', async () => {
    const { body } = await get('/v1/reconciliation?dealer_id=A&pair=order_shipment');
    expect((body['items'] as object[]).length).toBe(7);
    expect(body['statements']).toEqual([
      {
        dealer_id: 'A',
        currency: 'CNY',
        month: '2026-02',
        opening: '0',
        invoiced: '0.3',
        paid: '0',
        credited: '0',
        rebated: '0',
        closing: '0.3',
      },
    ]);
    expect((await get('/v1/reconciliation?dealer_id=nobody')).body).toEqual({ items: [], statements: [] });
  });
});

describe('GET /v1/rebates', () => {
  it('derives each rebate from programme version, basis, tier and rate, and divides it to the cent', async () => {
    const [whole = []] = await pagesOf('/v1/rebates?limit=10');
    expect((await pagesOf('/v1/rebates?limit=1')).flat()).toEqual(whole);
    // 100 × 1 % + 0.10 × 2.5 %, then a hundred more each month.
    expect(whole.map(({ amount }) => amount)).toEqual(['1.00', '3.50', '6.00']);
    expect(whole[1]).toMatchObject({
      program_id: 'P',
      dealer_id: 'A',
      dealer_name: '珠海锦程百货',
      period_start: '2026-02-01',
      is_over: true,
      booked: '0',
      difference: '-3.5',
      derivation: {
        version_from: '2026-01-01T00:00:00.000Z',
        basis: 'net_sales',
        basis_value: '200.1',
        steps: [
          { tier_from: '0', rate_pct: '1', counted: '100', amount: '1.00' },
          { tier_from: '100', rate_pct: '2.5', counted: '100.1', amount: '2.50' },
        ],
      },
      parts: [
        { dealer_id: 'A', level: 0, amount: '2.33' },
        { dealer_id: 'B', level: 1, amount: '1.17' },
      ],
    });
    for (const row of whole) {
      const parts = (row['parts'] as { amount: string }[]).map(({ amount }) => parseDecimal(amount));
      expect(
        formatDecimal(
          parts.reduce((sum, part) => sum + part, 0n),
          2,
        ),
      ).toBe(row['amount']);
    }
  });

  it('is filtered by dealer, programme and month', async () => {
    const count = async (query: string): Promise<number> =>
      ((await get(`/v1/rebates?${query}`)).body['items'] as object[]).length;
    expect(await count('month=2026-03')).toBe(1);
    for (const month of ['0000-01', '1899-12', '2299-12', '9999-12'])
      expect(await count(`month=${month}`)).toBe(0);
    expect(await count('dealer_id=B')).toBe(0);
    expect(await count('program_id=P&dealer_id=A')).toBe(3);
  });
});

describe('GET /v1/rebates of a channel of twelve dealers', () => {
  const ROWS = 12 * 240 * 60;

  beforeAll(async () => {
    await around.sql.command(
      `INSERT INTO raw_mart_sales_days (dealer_id, day, sku_id, currency, shipped_qty, shipped_value, version)
       SELECT 'Z' || leftPad(toString(intDiv(number, 14400)), 2, '0'), toDate32('2026-01-01') + intDiv(number % 14400, 60),
         'K' || toString(number % 60), 'CNY', 1 + number % 3, toDecimal128(number % 997, 2) / 10, 1
       FROM numbers(${ROWS})`,
    );
  });

  /** What the statements of pages of rebates read that were asked since an instant of ClickHouse's clock. */
  async function readsSince(instant: string): Promise<number[]> {
    await around.sql.command('SYSTEM FLUSH LOGS query_log');
    const rows = await around.sql.query<{ n: number }>(
      `SELECT read_rows AS n FROM system.query_log
       WHERE type = 'QueryFinish' AND current_database = currentDatabase() AND log_comment = 'queries/server/rebates.sql'
         AND query_start_time_microseconds >= parseDateTime64BestEffort('${instant}', 6)`,
    );
    return rows.map(({ n }) => n);
  }

  it('says the same page by page as at once', async () => {
    const [whole = [], ...more] = await pagesOf('/v1/rebates?limit=200');
    expect(more).toEqual([]);
    expect(whole.length).toBe(3 + 12 * 8);
    expect((await pagesOf('/v1/rebates?limit=23')).flat()).toEqual(whole);
    for (const month of ['2026-01', '2026-06'])
      expect((await pagesOf(`/v1/rebates?limit=8&month=${month}`)).flat()).toEqual(
        whole.filter(({ period_start }) => period_start === `${month}-01`),
      );
  });

  it.each(['limit=3', 'limit=3&dealer_id=Z07'])('reads the sales of its page alone: %s', async (query) => {
    const [now] = await around.sql.query<{ instant: string }>("SELECT now64(6, 'UTC') AS instant");
    const instant = now?.instant ?? '';
    expect((await get(`/v1/rebates?${query}`)).status).toBe(200);
    // A statement stands in the log a moment after its answer.
    await expect.poll(async () => (await readsSince(instant)).length, { timeout: 10_000 }).toBe(1);
    expect((await readsSince(instant))[0]).toBeLessThan(ROWS / 5);
  });
});

it('GET /v1/rebates keeps a month and a quarter that begin on one day apart, page by page', async () => {
  const terms = { basis: 'net_sales', retroactive: true, program_id: 'Q' };
  const since = (valid_from: string) => ({
    event_id: valid_from,
    event_time: valid_from,
    valid_from,
    ...terms,
  });
  await write('raw_rebate_programs', [
    { ...since('2024-12-31T16:00:00Z'), period: 'month', tiers: [{ from: 0, rate_pct: 1 }] },
    { ...since('2025-01-31T16:00:00Z'), period: 'quarter', tiers: [{ from: 0, rate_pct: 2 }] },
  ]);
  const day = { dealer_id: 'A', sku_id: 'K', currency: 'CNY', shipped_qty: '1', shipped_value: '100' };
  await around.sql.insertRows(
    'raw_mart_sales_days',
    ['2025-01-05', '2025-02-05'].map((date) => ({ ...day, day: date, version: 1 })),
  );
  for (const limit of [1, 2, 50]) {
    const pages = await pagesOf(`/v1/rebates?program_id=Q&month=2025-01&limit=${limit}`);
    expect(pages.flat()).toMatchObject([
      { period: 'month', period_start: '2025-01-01', amount: '1.00' },
      { period: 'quarter', period_start: '2025-01-01', amount: '2.00' },
    ]);
  }
});

it.each([
  ['/v1/rebates?month=2026', 400],
  ['/v1/rebates?cursor=xx', 400],
  ['/v1/reconciliation?pair=none', 400],
  ['/v1/reconciliation?limit=0', 400],
])('%s is a problem', async (path, status) => {
  expect(await get(path)).toMatchObject({
    status,
    type: expect.stringContaining(PROBLEM_MEDIA_TYPE) as string,
  });
});

it('is not for displays, nor for those without a token', async () => {
  const { secret } = await around.addKey('display', 'wall');
  await expect.poll(async () => (await get('/v1/rebates', secret)).status).toBe(403);
  expect((await get('/v1/rebates', 'wrong')).status).toBe(401);
});

it('stands in the OpenAPI document with its schemas', async () => {
  const { body } = await get('/v1/openapi.json');
  const paths = body['paths'] as Record<string, { get?: { responses: Record<string, unknown> } }>;
  for (const path of ['/v1/reconciliation', '/v1/rebates']) {
    expect(JSON.stringify(paths[path]?.get?.responses['200'])).toContain('next_cursor');
  }
});
