import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { EVENT_TYPES } from '../../models/contract/registry.ts';
import { toWgs84, type Datum } from '../../models/geo/datum.ts';
import { covers } from '../../models/geo/adcode.ts';
import { SqlClient, identifier } from '../../sql/client.ts';
import { readPrefectures } from '../../sql/geo/load.ts';
import { migrate } from '../../sql/migrate.ts';
import { REFERENCE_DICTIONARIES } from '../../sql/schema-objects.ts';

/** What the core views say of deliveries in the ledgers. */
const stack = inject('stack');
const config = {
  url: stack.clickhouse_url,
  ...stack.admin,
  database: `t_core_${randomBytes(4).toString('hex')}`,
};
const sql = new SqlClient(config);

type Event = Record<string, unknown>;
type TypeName = (typeof EVENT_TYPES)[number]['type'];
let next_offset = 0;

beforeAll(async () => {
  await migrate({ config, cluster: null, time_zone: 'Asia/Shanghai', reporting_currency: 'CNY' });
});
beforeEach(async () => {
  for (const type of EVENT_TYPES) {
    await sql.command(`TRUNCATE TABLE ${type.raw_table}`);
    await sql.command(`TRUNCATE TABLE ${type.raw_table}_by_key`);
  }
  await sql.command('TRUNCATE TABLE raw_event_conflicts');
});
afterAll(async () => {
  await sql.command(`DROP DATABASE IF EXISTS ${config.database} SYNC`);
  await sql.close();
});

/** Writes deliveries as the sink does: the event's JSON with its place in Kafka. Returns the first offset. */
async function deliver(name: TypeName, ...events: Event[]): Promise<number> {
  const type = EVENT_TYPES.find((one) => one.type === name);
  if (type === undefined) throw new Error(name);
  const first = next_offset;
  const lines = events.map((event) =>
    JSON.stringify({
      ...event,
      _topic: type.topic,
      _partition: 0,
      _offset: next_offset++,
      _ingested_at: '2026-11-24T00:00:00.000Z',
    }),
  );
  await sql.insertLines({ table: type.raw_table, lines: Buffer.from(lines.join('\n')) });
  return first;
}

async function reloadReference(): Promise<void> {
  for (const dictionary of REFERENCE_DICTIONARIES)
    await sql.command(`SYSTEM RELOAD DICTIONARY ${dictionary}`);
}

const order = (event_id: string, more: Event = {}): Event => ({
  event_id,
  source: 'erp',
  event_time: '2026-03-15T08:00:00.000Z',
  dealer_id: 'd1',
  order_id: 'o1',
  line_no: 1,
  sku_id: 'k1',
  stage: 'placed',
  qty: 2,
  unit_price: '10.5',
  currency: 'CNY',
  channel: 'portal',
  ...more,
});
const version = (event_id: string, valid_from: string, more: Event): Event => ({
  event_id,
  source: 'mdm',
  event_time: '2026-01-01T00:00:00Z',
  valid_from,
  ...more,
});
const dealer = (event_id: string, valid_from: string, more: Event = {}): Event =>
  version(event_id, valid_from, {
    dealer_id: 'd1',
    name: event_id,
    tier: 2,
    territory_id: 't1',
    status: 'active',
    ...more,
  });

describe('deduplication', () => {
  test('an event sent again, in the same batch or later, is there once and as it came first', async () => {
    await deliver('order', order('e1'), order('e1', { qty: 99 }), order('e2'));
    await deliver('order', order('e2', { unit_price: '1' }), order('e1'));
    expect(await sql.query('SELECT event_id, qty, unit_price FROM core_orders ORDER BY event_id')).toEqual([
      { event_id: 'e1', qty: '2', unit_price: '10.5' },
      { event_id: 'e2', qty: '2', unit_price: '10.5' },
    ]);
    expect(await sql.query('SELECT count() AS n FROM raw_orders')).toEqual([{ n: 5 }]);
  });

  test('the same id of another source is another event', async () => {
    await deliver('order', order('e1'), order('e1', { source: 'crm' }));
    expect(await sql.query('SELECT count() AS n FROM core_orders')).toEqual([{ n: 2 }]);
  });

  test('a delivery listed as a conflict does not count, wherever it stands in the reading order', async () => {
    await deliver('order', order('e1'));
    const offset = await deliver(
      'order',
      order('e1', { event_time: '2026-07-01T00:00:00Z', dealer_id: 'd2' }),
    );
    expect(await sql.query('SELECT count() AS n FROM core_orders')).toEqual([{ n: 2 }]);
    await sql.insertRows('raw_event_conflicts', [
      {
        event_type: 'order',
        _topic: 'dms.orders.v1',
        _partition: 0,
        _offset: offset,
        source: 'erp',
        event_id: 'e1',
        kept_partition: 0,
        kept_offset: offset - 1,
      },
    ]);
    expect(await sql.query('SELECT dealer_id FROM core_orders')).toEqual([{ dealer_id: 'd1' }]);
  });

  test('a lost copy into the reading order is made whole by deriving it again, once or twice', async () => {
    const first = await deliver('scan', ...[1, 2, 3].map((n) => scan(`e${n}`, { code: `c${n}` })));
    await sql.command('TRUNCATE TABLE raw_scans_by_key');
    const params = {
      raw: 'raw_scans',
      by_key: 'raw_scans_by_key',
      topic: 'dms.scans.v1',
      partition: 0,
      first,
      last: first + 2,
    };
    for (let run = 0; run < 2; run += 1) {
      await sql.commandFile('queries/sink/rederive.sql', { params });
      expect(await sql.query('SELECT code FROM core_scans ORDER BY code')).toEqual([
        { code: 'c1' },
        { code: 'c2' },
        { code: 'c3' },
      ]);
    }
  });

  test('events of 25 years in one batch are stored as one part of the ledger', async () => {
    const months = Array.from(
      { length: 300 },
      (_, i) => `${2000 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-15T00:00:00Z`,
    );
    await deliver('order', ...months.map((event_time, i) => order(`m${i}`, { event_time })));
    expect(await sql.query('SELECT count() AS n FROM core_orders')).toEqual([{ n: 300 }]);
    expect(
      await sql.query(
        "SELECT count() AS n FROM system.parts WHERE database = currentDatabase() AND table = 'raw_orders' AND active",
      ),
    ).toEqual([{ n: 1 }]);
  });
});

describe('what a field keeps', () => {
  test('an instant of nine digits and any offset is cut to the millisecond', async () => {
    await deliver('order', order('e1', { event_time: '2026-03-15T08:00:00.123999999+05:45' }));
    expect(await sql.query('SELECT event_time FROM core_orders')).toEqual([
      { event_time: '2026-03-15T02:15:00.123Z' },
    ]);
  });

  test('money of 12 digits before and 6 after the point stays exact, also multiplied', async () => {
    await deliver('order', order('e1', { qty: '999999999.999', unit_price: '999999999999.999999' }));
    expect(
      await sql.query('SELECT unit_price, qty, toString(qty * unit_price) AS value FROM core_orders'),
    ).toEqual([
      { unit_price: '999999999999.999999', qty: '999999999.999', value: '999999999998999999000.000000001' },
    ]);
  });

  test('null and left out are the same, for every optional field of every type', async () => {
    await deliver(
      'rebate_program',
      version('r1', '2026-01-01T00:00:00Z', {
        program_id: 'p',
        basis: 'qty',
        period: 'month',
        tiers: [
          { from: '0', rate_pct: 1.5 },
          { from: 100, rate_pct: '2.25' },
        ],
        retroactive: false,
        split: null,
      }),
    );
    await deliver(
      'rebate_program',
      version('r2', '2026-02-01T00:00:00Z', {
        program_id: 'p',
        basis: 'qty',
        period: 'month',
        tiers: [{ from: 0, rate_pct: '1' }],
        retroactive: true,
      }),
    );
    expect(
      await sql.query('SELECT event_id, tiers, split, valid_to FROM core_rebate_programs ORDER BY event_id'),
    ).toEqual([
      {
        event_id: 'r1',
        tiers: [
          { from: '0', rate_pct: '1.5' },
          { from: '100', rate_pct: '2.25' },
        ],
        split: [],
        valid_to: null,
      },
      { event_id: 'r2', tiers: [{ from: '0', rate_pct: '1' }], split: [], valid_to: null },
    ]);
  });

  test('a row without an id or with an unknown field is refused as a whole', async () => {
    await expect(deliver('order', order('e1'), order(''))).rejects.toMatchObject({
      code: 'VIOLATED_CONSTRAINT',
      retriable: false,
    });
    await expect(deliver('order', order('e1', { colour: 'red' }))).rejects.toMatchObject({
      server_code: 117,
    });
    expect(await sql.query('SELECT count() AS n FROM raw_orders')).toEqual([{ n: 0 }]);
  });
});

describe('reference data as of the event', () => {
  test('each event sees the dealer as it was then, to the millisecond', async () => {
    await deliver(
      'dealer',
      dealer('Old', '2026-01-01T00:00:00Z'),
      dealer('New', '2026-03-15T08:00:00.001Z', { tier: 3, wave: 'w2', adcode: '330100' }),
    );
    await deliver(
      'order',
      order('e0', { event_time: '2025-12-31T23:59:59.999Z' }),
      order('e1'),
      order('e2', { event_time: '2026-03-15T08:00:00.001Z' }),
    );
    await reloadReference();
    expect(
      await sql.query(
        'SELECT event_id, dealer_name, dealer_tier, wave, adcode, supplied_by FROM core_orders ORDER BY event_id',
      ),
    ).toEqual([
      { event_id: 'e0', dealer_name: null, dealer_tier: null, wave: null, adcode: null, supplied_by: null },
      { event_id: 'e1', dealer_name: 'Old', dealer_tier: 2, wave: null, adcode: null, supplied_by: 'HQ' },
      { event_id: 'e2', dealer_name: 'New', dealer_tier: 3, wave: 'w2', adcode: '330100', supplied_by: 'HQ' },
    ]);
  });

  test('a version ends at its valid_to or where the next begins; of two with one valid_from the later event holds', async () => {
    await deliver(
      'dealer',
      dealer('First', '2026-01-01T00:00:00Z', { valid_to: '2026-06-01T00:00:00Z' }),
      dealer('Corrected', '2026-02-01T00:00:00Z', { event_time: '2026-02-03T00:00:00Z' }),
      dealer('Wrong', '2026-02-01T00:00:00Z', { event_time: '2026-02-02T00:00:00Z' }),
      dealer('Short', '2026-03-01T00:00:00Z', { valid_to: '2026-03-10T00:00:00Z' }),
    );
    await reloadReference();
    expect(
      await sql.query(
        'SELECT name, effective_to, is_current FROM core_dealers ORDER BY valid_from, effective_to',
      ),
    ).toEqual([
      { name: 'First', effective_to: '2026-02-01T00:00:00.000Z', is_current: false },
      { name: 'Wrong', effective_to: '2026-02-01T00:00:00.000Z', is_current: false },
      { name: 'Corrected', effective_to: '2026-03-01T00:00:00.000Z', is_current: false },
      { name: 'Short', effective_to: '2026-03-10T00:00:00.000Z', is_current: false },
    ]);
    const at = (day: string) => order(day, { event_time: `${day}T00:00:00Z` });
    await deliver('order', at('2026-01-15'), at('2026-02-15'), at('2026-03-05'), at('2026-03-15'));
    expect(await sql.query('SELECT event_id, dealer_name FROM core_orders ORDER BY event_id')).toEqual([
      { event_id: '2026-01-15', dealer_name: 'First' },
      { event_id: '2026-02-15', dealer_name: 'Corrected' },
      { event_id: '2026-03-05', dealer_name: 'Short' },
      { event_id: '2026-03-15', dealer_name: null },
    ]);
  });

  test('cost and prices stay exact decimals', async () => {
    await deliver(
      'product',
      version('p1', '2026-01-01T00:00:00Z', {
        sku_id: 'k1',
        name: 'Tea',
        category: 'drinks',
        unit_cost: '0.100001',
        list_price: '123456789012.123456',
        currency: 'CNY',
      }),
    );
    await deliver('order', order('e1'));
    await reloadReference();
    expect(
      await sql.query(
        'SELECT product_name, category, unit_cost, list_price, cost_currency, toString(qty * unit_cost) AS cost FROM core_orders',
      ),
    ).toEqual([
      {
        product_name: 'Tea',
        category: 'drinks',
        unit_cost: '0.100001',
        list_price: '123456789012.123456',
        cost_currency: 'CNY',
        cost: '0.200002',
      },
    ]);
  });

  test('the most specific price rule that holds then applies, in the currency of the order', async () => {
    await deliver('dealer', dealer('D', '2025-01-01T00:00:00Z'));
    const rules: [string, Event][] = [
      ['1', {}],
      ['2', { tier: 2 }],
      ['3', { territory_id: 't1', tier: 0 }],
      ['4', { tier: 2, territory_id: 't1' }],
    ];
    for (const [floor_price, more] of rules) {
      const valid_from = `2026-0${floor_price}-01T00:00:00Z`;
      await deliver(
        'price',
        version(`p${floor_price}`, valid_from, { sku_id: 'k1', floor_price, currency: 'CNY', ...more }),
      );
    }
    await deliver(
      'price',
      version('usd', '2026-01-01T00:00:00Z', {
        sku_id: 'k1',
        tier: 2,
        territory_id: 't1',
        floor_price: '0.5',
        guide_price: '0.75',
        currency: 'USD',
      }),
    );
    // The most specific rule ends again: the next specific one holds.
    await deliver(
      'price',
      version('end', '2026-05-01T00:00:00Z', {
        sku_id: 'k1',
        tier: 2,
        territory_id: 't1',
        floor_price: '4',
        currency: 'CNY',
        valid_to: '2026-06-01T00:00:00Z',
      }),
    );
    await reloadReference();
    const at = (month: string, more: Event = {}) =>
      order(month, { event_time: `2026-${month}-15T00:00:00Z`, ...more });
    await deliver('order', at('01'), at('02'), at('03'), at('04'), at('05'), at('06'), {
      ...at('07'),
      currency: 'USD',
    });
    expect(
      await sql.query('SELECT event_id, floor_price, guide_price FROM core_orders ORDER BY event_id'),
    ).toEqual([
      { event_id: '01', floor_price: '1', guide_price: null },
      { event_id: '02', floor_price: '2', guide_price: null },
      { event_id: '03', floor_price: '3', guide_price: null },
      { event_id: '04', floor_price: '4', guide_price: null },
      { event_id: '05', floor_price: '4', guide_price: null },
      { event_id: '06', floor_price: '3', guide_price: null },
      { event_id: '07', floor_price: '0.5', guide_price: '0.75' },
    ]);
  });

  test('a column that is not read costs no look-up', async () => {
    const plan = async (columns: string) => {
      const rows = await sql.query<{ explain: string }>(
        `EXPLAIN actions = 1 SELECT ${columns} FROM core_orders`,
      );
      return rows.map((row) => row.explain).join('\n');
    };
    expect(await plan('order_id, qty')).not.toContain('dictGet');
    expect(await plan('dealer_name')).toContain('raw_dealer_versions');
    expect(await plan('dealer_name')).not.toMatch(/raw_product_versions|raw_price_versions/);
  });
});

const scan = (event_id: string, more: Event = {}): Event => ({
  event_id,
  source: 'app',
  event_time: '2026-03-15T08:00:00.000Z',
  dealer_id: 'd1',
  code: event_id,
  level: 'unit',
  biz_step: 'receiving',
  sku_id: 'k1',
  ...more,
});

describe('where a scan was', () => {
  test('positions of every datum become the WGS84 of models/geo, to a millionth of a degree', async () => {
    const places: [number, number][] = [
      [116.397, 39.909],
      [121.4737, 31.2304],
      [113.2644, 23.1291],
      [87.6, 43.8],
      [91.1, 29.65],
      [103.8198, 1.3521],
      [-0.1276, 51.5072],
      [126.6, 45.8],
      [110.35, 20.02],
      [151.2, -33.87],
    ];
    const cases = places.flatMap(([lon, lat]) =>
      (['wgs84', 'gcj02', 'bd09'] as const).map((datum: Datum) => ({ lon, lat, datum })),
    );
    await deliver('scan', ...cases.map((one, i) => scan(`s${String(i).padStart(3, '0')}`, one)));
    const rows = await sql.query<{ lon_wgs84: number; lat_wgs84: number }>(
      'SELECT lon_wgs84, lat_wgs84 FROM core_scans ORDER BY event_id',
    );
    cases.forEach(({ lon, lat, datum }, i) => {
      const [expected_lon, expected_lat] = toWgs84([lon, lat], datum);
      expect(Math.abs((rows[i]?.lon_wgs84 ?? NaN) - expected_lon)).toBeLessThan(1e-6);
      expect(Math.abs((rows[i]?.lat_wgs84 ?? NaN) - expected_lat)).toBeLessThan(1e-6);
    });
  });

  test('the inner point of every prefecture is found in that prefecture', async () => {
    const prefectures = readPrefectures();
    await deliver('scan', ...prefectures.map(({ adcode, lon, lat }) => scan(adcode, { lon, lat })));
    expect(
      await sql.query(
        'SELECT event_id, found_adcode FROM core_scans WHERE event_id != found_adcode OR isNull(found_adcode)',
      ),
    ).toEqual([]);
    expect(await sql.query('SELECT count() AS n FROM core_scans')).toEqual([{ n: prefectures.length }]);
  });

  test('without a position, or at sea, there is no place: null', async () => {
    await deliver('scan', scan('none'), scan('sea', { lon: 0, lat: 0 }));
    expect(
      await sql.query('SELECT event_id, lon_wgs84, found_adcode FROM core_scans ORDER BY event_id'),
    ).toEqual([
      { event_id: 'none', lon_wgs84: null, found_adcode: null },
      { event_id: 'sea', lon_wgs84: 0, found_adcode: null },
    ]);
  });

  test('a shipment knows the territory of the dealer that it is for', async () => {
    await deliver(
      'dealer',
      dealer('D1', '2026-01-01T00:00:00Z'),
      dealer('D2', '2026-01-01T00:00:00Z', { dealer_id: 'd2', territory_id: 't2' }),
    );
    await deliver(
      'scan',
      scan('s', { biz_step: 'shipping', to_dealer_id: 'd2' }),
      scan('c', { biz_step: 'consumer_scan', dealer_id: '' }),
    );
    await reloadReference();
    expect(
      await sql.query('SELECT event_id, territory_id, to_territory_id FROM core_scans ORDER BY event_id'),
    ).toEqual([
      { event_id: 'c', territory_id: null, to_territory_id: null },
      { event_id: 's', territory_id: 't1', to_territory_id: 't2' },
    ]);
  });
});

describe('territories', () => {
  test('a division covers what models/geo says that it covers', async () => {
    const divisions = ['330000', '440100', '429004', '310115'];
    const codes = [
      '330100',
      '330000',
      '440100',
      '440103',
      '440200',
      '429004',
      '429005',
      '310000',
      '310115',
      '110000',
    ];
    const rows = await sql.query<{ within: number }>(
      'SELECT core_adcode_within(code, {divisions: Array(String)}) AS within FROM (SELECT arrayJoin({codes: Array(String)}) AS code)',
      { params: { divisions, codes } },
    );
    expect(rows.map((row) => row.within === 1)).toEqual(codes.map((code) => covers(divisions, code)));
  });

  test('a point lies in a territory by its division or its outline as of then, and in an unknown one neither way', async () => {
    const square = (west: number): Event => ({
      type: 'Polygon',
      coordinates: [
        [
          [west, 30],
          [west + 2, 30],
          [west + 2, 31],
          [west, 31],
          [west, 30],
        ],
        [
          [west + 0.4, 30.4],
          [west + 0.6, 30.4],
          [west + 0.6, 30.6],
          [west + 0.4, 30.6],
          [west + 0.4, 30.4],
        ],
      ],
    });
    const multi = {
      type: 'MultiPolygon',
      coordinates: [
        [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
        ],
        [
          [
            [120, 30],
            [122, 30],
            [122, 31],
            [120, 31],
            [120, 30],
          ],
        ],
      ],
    };
    await deliver(
      'territory',
      version('t1', '2026-01-01T00:00:00Z', { territory_id: 'outline', name: 'O', geometry: square(110) }),
      version('t2', '2026-03-01T00:00:00Z', { territory_id: 'outline', name: 'O', geometry: square(120) }),
      version('t3', '2026-01-01T00:00:00Z', { territory_id: 'multi', name: 'M', geometry: multi }),
      version('t4', '2026-01-01T00:00:00Z', { territory_id: 'codes', name: 'C', adcodes: ['330000'] }),
    );
    await reloadReference();
    const rows = await sql.query<{ inside: (number | null)[] }>(
      `SELECT arrayMap(q -> core_in_territory(q.3, q.4, q.5, dictGet('raw_territory_versions', 'adcodes', tuple(q.1), toDateTime64(q.2, 3, 'UTC')), dictGet('raw_territory_versions', 'geometry', tuple(q.1), toDateTime64(q.2, 3, 'UTC'))),
         [('outline', '2026-02-01', 120.2, 30.2, '330100'), ('outline', '2026-03-01', 120.2, 30.2, '330100'), ('outline', '2026-03-01', 120.5, 30.5, '330100'),
          ('multi', '2026-03-01', 121.2, 30.2, ''), ('codes', '2026-03-01', 0., 0., '330200'), ('codes', '2026-03-01', 0., 0., '320200'), ('nobody', '2026-03-01', 120.2, 30.2, '330100')]) AS inside`,
    );
    expect(rows[0]?.inside).toEqual([0, 1, 0, 1, 1, 0, null]);
  });
});

test('every core view is readable, all columns', async () => {
  for (const type of EVENT_TYPES)
    expect(await sql.query(`SELECT * FROM ${identifier(type.core_view)}`)).toEqual([]);
});
