import { readXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';

/** Demand of a channel of two dealers and two products, forecast and exported through the public address. */
const DAY_MS = 86_400_000;
const DAYS = 120;
const DEALERS = ['D1', '=D2'] as const;
const SKUS = ['0017', 'S2'] as const;

let pipeline: Pipeline;
let version: Version;

interface Version {
  forecast_version: string;
  series: number;
  revision: number;
  accuracy: { level: string; wape: number; naive_wape: number }[];
}

/** More at weekends; the second product sells once a week. Noon in Shanghai, so that the day is the same anywhere. */
function ordersOf(day: number): { event_id: string; [field: string]: unknown }[] {
  const at = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - day * DAY_MS + 4 * 3_600_000);
  const weekday = at.getUTCDay();
  return DEALERS.flatMap((dealer_id, d) =>
    SKUS.flatMap((sku_id, s) => {
      if (s === 1 && weekday !== 3) return [];
      const qty = s === 1 ? 4 : 10 + d * 5 + (weekday === 0 || weekday === 6 ? 8 : 0) + (day % 3);
      return [
        {
          event_id: `o-${day}-${d}-${s}`,
          source: 'erp',
          event_time: at.toISOString(),
          dealer_id,
          order_id: `O${day}-${d}`,
          line_no: s + 1,
          sku_id,
          stage: 'placed',
          qty,
          unit_price: '10.00',
          currency: 'CNY',
          channel: 'portal',
        },
      ];
    }),
  );
}

beforeAll(async () => {
  pipeline = await Pipeline.start(inject('stack'));
  const valid_from = new Date(Date.now() - 200 * DAY_MS).toISOString();
  const reference = { source: 'erp', event_time: valid_from, valid_from };
  await pipeline.post(
    'dealer',
    DEALERS.map((dealer_id, i) => ({
      ...reference,
      event_id: `d${i}`,
      dealer_id,
      name: `经销商 ${i}`,
      tier: 1,
      territory_id: 'T1',
      adcode: '310000',
      lat: 31 + i,
      lon: 121,
      status: 'active',
    })),
  );
  await pipeline.post(
    'product',
    SKUS.map((sku_id, i) => ({
      ...reference,
      event_id: `p${i}`,
      sku_id,
      name: `产品 ${i}`,
      category: 'c',
      unit_cost: '10.00',
      list_price: '20.00',
      currency: 'CNY',
      pack_qty: 6,
      lead_time_days: 5,
    })),
  );
  // The first dealer has plenty, the second nothing.
  await pipeline.post(
    'stock',
    DEALERS.flatMap((dealer_id, d) =>
      SKUS.map((sku_id, s) => ({
        event_id: `s-${d}-${s}`,
        source: 'wms',
        event_time: new Date().toISOString(),
        dealer_id,
        location_id: 'W1',
        sku_id,
        on_hand: d === 0 ? 2_000 : 0,
        in_transit: 0,
        committed: 0,
        unit_cost: '10.00',
        currency: 'CNY',
      })),
    ),
  );
  const orders = Array.from({ length: DAYS }, (_, i) => ordersOf(i + 1)).flat();
  const delivered = orders.map((order) => ({
    ...order,
    event_id: `d-${order.event_id}`,
    stage: 'delivered',
  }));
  await pipeline.post('order', orders);
  await pipeline.post('order', delivered);
  await eventually('all orders in the mart', async () => {
    const [row] = await pipeline.sql.query<{ n: number }>(
      'SELECT sum(placed_lines) AS n FROM mart_sales_days',
    );
    return row?.n === orders.length ? true : undefined;
  });
  await eventually('all deliveries in the mart', async () => {
    const [row] = await pipeline.sql.query<{ n: number }>(
      "SELECT countIf(stage != 'delivered') AS n FROM mart_order_lines",
    );
    return row?.n === 0 ? true : undefined;
  });
  await eventually('the stock in the mart', async () => {
    const [row] = await pipeline.sql.query<{ n: number }>('SELECT count() AS n FROM mart_stock_days');
    return row?.n === DEALERS.length * SKUS.length ? true : undefined;
  });
  await pipeline.command('processors/forecast/warehouse/cli.ts', ['--seed', '7']);
  version = (await json('/v1/forecasts/latest')) as Version;
});
afterAll(() => pipeline.stop());

async function json(path: string): Promise<unknown> {
  const response = await pipeline.fetch(path);
  expect(response.status).toBe(200);
  return response.json();
}

const put = (body: object, headers: Record<string, string> = {}): Promise<Response> =>
  pipeline.fetch('/v1/forecasts/overrides', {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const linesOf = async (query: string): Promise<string[]> => {
  const response = await pipeline.fetch(`/v1/forecasts/latest/export?${query}`);
  expect(response.status).toBe(200);
  return (await response.text()).trimEnd().split('\r\n');
};

describe('a forecast version', () => {
  it('covers every dealer and product that ever ordered, 28 days and 12 weeks ahead', async () => {
    expect(version).toMatchObject({ series: 4, days: 28, weeks: 12, revision: 0 });
    expect(version.forecast_version).toMatch(/^fc-\d{8}-01$/);
    const [rows] = await pipeline.sql.query(
      `SELECT countIf(bucket_grain = 'day') AS days, countIf(bucket_grain = 'week') AS weeks,
         countIf(NOT isFinite(mean) OR mean < 0 OR p10 > p50 OR p50 > p90 OR p90 > p95) AS wrong
       FROM mart_forecasts`,
    );
    expect(rows).toEqual({ days: 4 * 28, weeks: 4 * 12, wrong: 0 });
  });

  it('says how accurate it was, at four levels, beside the naive forecast', () => {
    expect(version.accuracy.map(({ level }) => level).sort()).toEqual([
      'category_month',
      'dealer_sku_28d',
      'dealer_sku_day',
      'dealer_week',
    ]);
    for (const { wape, naive_wape } of version.accuracy)
      expect([wape < 0.5, naive_wape >= 0]).toEqual([true, true]);
  });

  it('has means whose sum is that of the category plan', async () => {
    const [row] = await pipeline.sql.query<{ detail: number; plan: number }>(
      `SELECT (SELECT sum(toFloat64(mean)) FROM mart_forecasts WHERE bucket_grain = 'day') AS detail,
         (SELECT sum(baseline_qty) FROM mart_category_plan) AS plan`,
    );
    expect(row?.plan).toBeCloseTo(row?.detail ?? NaN, 3);
  });

  it('is not the last one any more when another is made, which has the next number and the same forecasts', async () => {
    await pipeline.command('processors/forecast/warehouse/cli.ts', ['--seed', '7', '--threads', '1']);
    const { items } = (await json('/v1/forecasts?limit=1')) as { items: Version[] };
    expect(items.map((item) => item.forecast_version)).toEqual([
      version.forecast_version.replace(/01$/, '02'),
    ]);
    const [same] = await pipeline.sql.query<{ hashes: number }>(
      'SELECT uniqExact(h) AS hashes FROM (SELECT groupBitXor(cityHash64(bucket_grain, dealer_id, sku_id, horizon_step, mean, p10, p50, p90, p95)) AS h FROM mart_forecasts GROUP BY forecast_version)',
    );
    expect(same?.hashes).toBe(1);
    version = items[0] as Version;
  });

  it('is unknown by a name that was never given', async () => {
    expect((await pipeline.fetch('/v1/forecasts/fc-20200101-01')).status).toBe(404);
    expect((await pipeline.fetch('/v1/forecasts/fc-20200101-01/export')).status).toBe(404);
  });
});

describe('its export', () => {
  it('as CSV has a byte order mark unless told not to, the columns of the planners, and no formula', async () => {
    const bytes = Buffer.from(
      await (await pipeline.fetch('/v1/forecasts/latest/export?format=csv')).arrayBuffer(),
    );
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const lines = await linesOf('format=csv&bom=0&grain=day');
    expect(lines[0]?.replaceAll('"', '')).toBe(
      'forecast_version,as_of,generated_at,model,dealer_id,dealer_name,adcode,sku_id,sku_name,bucket_start,bucket_grain,' +
        'horizon_step,p10,p50,p90,p95,mean,baseline_qty,override_qty,override_reason,override_by,override_at,final_qty,' +
        'open_orders_qty,on_hand_qty,cold_start,quality_flag,wape_backtest,coverage_p80',
    );
    expect(lines).toHaveLength(1 + 4 * 28);
    expect(lines.some((line) => line.includes(`"'=D2"`))).toBe(true);
    expect(lines.some((line) => line.includes('"=D2"'))).toBe(false);
    expect(lines.join()).not.toContain('\\N');
    expect(await linesOf('bom=0&grain=week&dealer_id=D1&sku_id=S2')).toHaveLength(1 + 12);
  });

  it('as XLSX has four sheets, and codes as text', async () => {
    const response = await pipeline.fetch('/v1/forecasts/latest/export?format=xlsx&grain=day');
    const book = await readXlsx(Buffer.from(await response.arrayBuffer()));
    expect(book.sheets.map(({ name }) => name)).toEqual(['README', 'Forecast', 'Pivot', 'Accuracy']);
    const rows = book.sheets[1]?.rows ?? [];
    const column = (rows[0] ?? []).indexOf('sku_id');
    expect(rows).toHaveLength(1 + 4 * 28);
    expect(new Set(rows.slice(1).map((row) => row[column]))).toEqual(new Set(['0017', 'S2']));
  });

  it('as Parquet is framed as such a file', async () => {
    const response = await pipeline.fetch('/v1/forecasts/latest/export?format=parquet&grain=day');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1']);
  });

  it('is not sent again to who holds it, until an override changes it', async () => {
    const first = await pipeline.fetch('/v1/forecasts/latest/export?bom=0');
    await first.text();
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect(headers['if-none-match']).toMatch(/^"/);
    expect((await pipeline.fetch('/v1/forecasts/latest/export?bom=0', { headers })).status).toBe(304);
    const bucket_start = (await linesOf('bom=0&grain=day&dealer_id=D1&sku_id=S2'))[1]
      ?.split(',')[9]
      ?.replaceAll('"', '');
    const item = { dealer_id: 'D1', sku_id: 'S2', bucket_start, override_qty: 99.5, reason: '促销' };
    expect((await put({ items: [item] })).status).toBe(200);
    const changed = await pipeline.fetch('/v1/forecasts/latest/export?bom=0', { headers });
    expect(changed.status).toBe(200);
    expect(await changed.text()).toContain('99.5,"促销"');
  });
});

describe('overrides', () => {
  const item = { dealer_id: 'D1', sku_id: '0017', override_qty: 50, reason: 'a big order is coming' };
  let bucket_start: string;
  beforeAll(async () => {
    const [row] = await pipeline.sql.query<{ day: string }>(
      "SELECT toString(min(bucket_start)) AS day FROM mart_forecasts WHERE bucket_grain = 'day'",
    );
    bucket_start = row?.day ?? '';
  });
  const finalQty = async (): Promise<number> => {
    const [row] = await pipeline.sql.query<{ qty: number }>(
      `SELECT final_qty AS qty FROM mart_forecasts
       WHERE forecast_version = {version: String} AND bucket_grain = 'day' AND dealer_id = 'D1' AND sku_id = '0017' AND bucket_start = {day: Date32}`,
      { params: { version: version.forecast_version, day: bucket_start } },
    );
    return row?.qty ?? NaN;
  };

  it('of a dry run say what would change, and change nothing', async () => {
    const before = await finalQty();
    const answer = (await (await put({ dry_run: true, items: [{ ...item, bucket_start }] })).json()) as {
      changes: { before_qty: number; after_qty: number }[];
    };
    expect(answer.changes).toHaveLength(1);
    expect(answer.changes[0]?.after_qty).toBe(50);
    expect(answer.changes[0]?.before_qty).toBeCloseTo(before, 4);
    expect(await finalQty()).toBe(before);
  });

  it('change the final quantity, keep the baseline, and can be taken back; all of it is kept', async () => {
    const before = await finalQty();
    await put({ items: [{ ...item, bucket_start }] });
    expect(await finalQty()).toBe(50);
    await put({ items: [{ ...item, bucket_start, override_qty: null, reason: 'cancelled' }] });
    expect(await finalQty()).toBe(before);
    const audit = await pipeline.sql.query(
      `SELECT reason, override_by, is_current FROM mart_forecast_overrides WHERE sku_id = '0017' ORDER BY revision`,
    );
    expect(audit).toEqual([
      { reason: item.reason, override_by: 'admin', is_current: false },
      { reason: 'cancelled', override_by: 'admin', is_current: true },
    ]);
  });

  it('about rows that are not there are rejected by their index, without a reason by their pointer', async () => {
    const wrong = { ...item, bucket_start: '2020-01-01' };
    const mixed = await put({ dry_run: true, items: [wrong, { ...item, bucket_start }] });
    expect(await mixed.json()).toMatchObject({
      rejected: [{ index: 0, pointer: '/items/0', detail: 'the version has no such row' }],
    });
    expect((await put({ items: [wrong] })).status).toBe(422);
    const refused = await put({ items: [{ ...item, bucket_start, reason: undefined }] });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('/items/0');
  });

  it('made from another state than the one seen are refused', async () => {
    const seen = await pipeline.fetch('/v1/forecasts/latest');
    await seen.text();
    const ifMatch = { 'if-match': seen.headers.get('etag') ?? '' };
    expect((await put({ items: [{ ...item, bucket_start, override_qty: 51 }] }, ifMatch)).status).toBe(200);
    expect((await put({ items: [{ ...item, bucket_start, override_qty: 52 }] }, ifMatch)).status).toBe(412);
  });
});

describe('the wallboard', () => {
  it('has the days behind and the fan ahead, whose means are those of the version', async () => {
    const rows = await eventually(
      'the fan',
      async () => {
        const found = await pipeline.sql.query<{ row: string }>(
          "SELECT row FROM raw_live_rows FINAL WHERE topic = 'forecast' ORDER BY key",
        );
        const parsed = found.map(({ row }) => JSON.parse(row) as Record<string, number | null>);
        return parsed.some(({ previous, mean }) => previous !== null && mean !== null) ? parsed : undefined;
      },
      120_000,
    );
    const ahead = rows.filter(({ mean }) => mean !== null);
    expect(ahead).toHaveLength(28);
    expect(rows.filter(({ actual }) => actual !== null)).toHaveLength(42);
    for (const { mean, p10, p50, p90 } of ahead) {
      expect([Number(p10) < Number(p50), Number(p50) < Number(p90), Number(mean) > 0]).toEqual([
        true,
        true,
        true,
      ]);
    }
    const [total] = await pipeline.sql.query<{ sum: number }>(
      "SELECT sum(toFloat64(mean)) AS sum FROM mart_forecasts WHERE bucket_grain = 'day' AND forecast_version = {version: String}",
      { params: { version: version.forecast_version } },
    );
    expect(ahead.reduce((sum, { mean }) => sum + Number(mean), 0)).toBeCloseTo(total?.sum ?? NaN, 3);
  }, 120_000);
});

interface Suggestion {
  readonly suggestion_id: string;
  readonly [field: string]: unknown;
}

describe('suggestions', () => {
  const listOf = async (query: string): Promise<Suggestion[]> =>
    ((await json(`/v1/${query}`)) as { items: Suggestion[] }).items;
  const decide = (id: string, body: object): Promise<Response> =>
    pipeline.fetch(`/v1/suggestions/${encodeURIComponent(id)}/decision`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('order whole packs for who has too little, explain themselves, and come once though two runs made them', async () => {
    const orders = await listOf('replenishment');
    expect(orders.map(({ dealer_id, sku_id }) => [dealer_id, sku_id])).toEqual([
      ['=D2', '0017'],
      ['=D2', 'S2'],
    ]);
    for (const order of orders) {
      const { qty, demand, safety, target, position, rounding } = order as Record<string, number>;
      expect(Number(qty) % 6).toBe(0);
      expect(Number(demand) + Number(safety)).toBeCloseTo(Number(target), 6);
      expect(Number(qty) - Number(rounding)).toBeCloseTo(Number(target) - Number(position), 6);
    }
  });

  it('transfer from the surplus of one dealer what the other will miss, when that gains more than it costs', async () => {
    const transfers = await listOf('transfers');
    expect(transfers).toHaveLength(1);
    expect(transfers[0]).toMatchObject({
      from_dealer_id: 'D1',
      to_dealer_id: '=D2',
      sku_id: '0017',
      state: 'open',
    });
    const { gain, cost, qty, shortage } = transfers[0] as Record<string, unknown>;
    expect(Number(gain)).toBeGreaterThan(Number(cost));
    expect(Number(qty)).toBeGreaterThanOrEqual(Number(shortage));
  });

  it('are accepted, edited or rejected, with a reason, and stay decided when another run is made', async () => {
    const [first, second] = await listOf('replenishment');
    expect((await decide(first?.suggestion_id ?? '', { decision: 'accepted' })).status).toBe(200);
    expect(
      (await decide(second?.suggestion_id ?? '', { decision: 'edited', qty: 12, reason: 'full store' }))
        .status,
    ).toBe(200);
    await pipeline.command('processors/forecast/warehouse/cli.ts', ['--seed', '7']);
    const after = await listOf('replenishment');
    expect(after.map(({ suggestion_id, state }) => [suggestion_id, state])).toEqual([
      [first?.suggestion_id, 'accepted'],
      [second?.suggestion_id, 'edited'],
    ]);
    expect(after.map(({ decided_qty }) => decided_qty)).toEqual([first?.['qty'], 12]);
    expect(await listOf('replenishment?state=open')).toEqual([]);
  });

  it('are not decided without what the decision needs', async () => {
    const [first] = await listOf('replenishment');
    const id = first?.suggestion_id ?? '';
    for (const [body, pointer] of [
      [{ decision: 'rejected' }, '/reason'],
      [{ decision: 'edited', reason: 'x' }, '/qty'],
      [{ decision: 'accepted', qty: 1 }, '/qty'],
    ] as const) {
      const answer = await decide(id, body);
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain(pointer);
    }
    expect((await decide('rp:none', { decision: 'accepted' })).status).toBe(404);
  });

  it('come page by page, and as files', async () => {
    const first = (await json('/v1/replenishment?limit=1')) as { items: Suggestion[]; next_cursor: string };
    const second = await listOf(`replenishment?limit=1&cursor=${first.next_cursor}`);
    expect([...first.items, ...second]).toEqual(await listOf('replenishment'));
    const csv = await (await pipeline.fetch('/v1/replenishment?format=csv')).text();
    expect(csv.trimEnd().split('\r\n')).toHaveLength(3);
    const book = await readXlsx(
      Buffer.from(await (await pipeline.fetch('/v1/transfers?format=xlsx')).arrayBuffer()),
    );
    expect(book.sheets[0]?.rows).toHaveLength(2);
  });
});
