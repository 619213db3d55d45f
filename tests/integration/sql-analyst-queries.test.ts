import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ANALYST_DATABASES } from '../../stack/lab/lab.ts';
import { SqlClient, sqlText } from '../../sql/client.ts';
import { migrate } from '../../sql/migrate.ts';

/** The saved queries of analysts: each runs as `analyst`, with the parameters that its own head gives. */
const stack = inject('stack');
const [, , database] = ANALYST_DATABASES;
const at = { url: stack.clickhouse_url, database };
const admin = new SqlClient({ ...at, ...stack.admin });
const analyst = new SqlClient({ ...at, ...stack.analyst });
const FILES = readdirSync(join('sql', 'queries', 'analyst')).sort();

const place = { _topic: 't', _partition: 0, _ingested_at: '2026-03-01T00:00:00.000Z' };
const line = {
  source: 's',
  event_time: '2026-02-10T04:00:00.000Z',
  dealer_id: 'A',
  line_no: 1,
  sku_id: 'K',
  stage: 'placed',
  qty: 2,
  unit_price: '0.1',
  currency: 'CNY',
  channel: 'edi',
};

beforeAll(async () => {
  await migrate({
    config: { ...at, ...stack.admin },
    cluster: null,
    time_zone: 'Asia/Shanghai',
    reporting_currency: 'CNY',
  });
  const lines = [0, 1, 2].map((n) =>
    Buffer.from(
      `${JSON.stringify({ ...line, ...place, event_id: `o${n}`, order_id: `O${n}`, _offset: n })}\n`,
    ),
  );
  await admin.insertLines({ table: 'raw_orders', lines });
});
afterAll(async () => {
  await admin.command(`DROP DATABASE IF EXISTS ${database} SYNC`);
  await Promise.all([admin.close(), analyst.close()]);
});

test('there are twenty of them', () => {
  expect(FILES.length).toBeGreaterThanOrEqual(20);
});

describe.each(FILES)('%s', (file) => {
  const text = sqlText(`queries/analyst/${file}`);
  const given = new Map(
    [...text.matchAll(/--param_([a-z_]+)=('[^']*'|\S+)/g)].map((match): [string, string] => [
      match[1] ?? '',
      (match[2] ?? '').replaceAll("'", ''),
    ]),
  );

  test('says what it answers, and gives a value for each parameter that it has', () => {
    expect(text).toMatch(/^-- [A-Z].*\.\n-- clickhouse-client --user analyst /);
    const used = new Set([...text.matchAll(/\{([a-z_]+): /g)].map((match) => match[1]));
    expect(used.size).toBeGreaterThan(0);
    expect([...given.keys()].sort()).toEqual([...used].sort());
  });

  test('runs as analyst', async () => {
    const rows = await analyst.queryFile(`queries/analyst/${file}`, { params: Object.fromEntries(given) });
    expect(Array.isArray(rows)).toBe(true);
  });
});

test('an answer is that of the figure: three orders placed and not shipped', async () => {
  expect(
    await analyst.queryFile('queries/analyst/unmatched-by-age.sql', { params: { dealer_id: 'A' } }),
  ).toMatchObject([{ pair: 'order_shipment', differences: 3, net: '-0.6', gross: '0.6' }]);
});

describe("Grafana's dashboard", () => {
  interface Dashboard {
    readonly panels: readonly {
      readonly title: string;
      readonly targets: readonly { readonly rawSql: string }[];
    }[];
  }
  const { panels } = JSON.parse(readFileSync('docs/analysts/grafana-dashboard.json', 'utf8')) as Dashboard;
  /** As Grafana sends it: `sqlstring` quotes the value of a variable. */
  const sent = (sql: string): string => sql.replaceAll('${time_zone:sqlstring}', "'Asia/Shanghai'");

  test.each(panels.map(({ title, targets }) => [title, targets] as const))(
    '%s runs as analyst',
    async (_, targets) => {
      expect(targets.length).toBeGreaterThan(0);
      for (const { rawSql } of targets) expect(Array.isArray(await analyst.query(sent(rawSql)))).toBe(true);
    },
  );

  const ask = (title: string): Promise<object[]> => analyst.query(sent(sqlOf(title)));
  const sqlOf = (title: string): string =>
    panels.find((panel) => panel.title.startsWith(title))?.targets[0]?.rawSql ?? '';

  test('a KPI that has become undefined is null, with why, and no older value', async () => {
    const told = (minutes_ago: number, value: number | null, reason: string): object => {
      const at_ms = Date.now() - minutes_ago * 60_000;
      const computed_at = new Date(at_ms).toISOString();
      const computed_minute = Math.floor(at_ms / 60_000) * 60;
      return {
        id: 'fill_rate',
        computed_minute,
        computed_at,
        value,
        reason,
        unit: 'ratio',
        as_of: computed_at,
      };
    };
    await admin.insertRows('raw_mart_kpis', [told(9, 0.97, ''), told(3, null, 'no line was due')]);
    expect(await ask('KPIs now')).toEqual([
      { id: 'fill_rate', value: null, unit: 'ratio', reason: 'no line was due' },
    ]);
  });

  test('days are those of the installation, as in the marts', () => {
    const all = panels.flatMap(({ targets }) => targets.map(({ rawSql }) => rawSql)).join('; ');
    expect(all).not.toMatch(/today\(\)|toDate(Time|32)?\((now\(\)|[a-z_]+\b)(?!\(|, \$)/);
    expect(all).toContain('${time_zone:sqlstring}');
  });

  test('capital of two currencies is two lines', async () => {
    await admin.command(
      `INSERT INTO raw_mart_stock_days (sku_id, dealer_id, location_id, day, currency, first_at, last_at, on_hand, available, value, snapshots, version)
       SELECT 'K', 'A', currency, toDate32(now64(3), 'Asia/Shanghai'), currency, now64(3), now64(3), 10, 10, 15, 1, 1 FROM (SELECT arrayJoin(['CNY', 'USD']) AS currency)`,
    );
    const today = (await ask('Capital')).slice(-2);
    expect(today).toMatchObject([
      { currency: 'CNY', capital: 15 },
      { currency: 'USD', capital: 15 },
    ]);
  });
});

describe('a reason is true', () => {
  test('of lines that were shipped before they were placed, by clocks that disagree, no speed is known', async () => {
    const told = ['placed', 'shipped'].map((stage, n) => ({
      ...line,
      ...place,
      event_id: `clock-${stage}`,
      order_id: 'O9',
      event_time: `2026-02-11T0${4 - n}:00:00.000Z`,
      stage,
      _offset: 10 + n,
    }));
    await admin.insertLines({
      table: 'raw_orders',
      lines: told.map((one) => Buffer.from(`${JSON.stringify(one)}\n`)),
    });
    await admin.command(
      `INSERT INTO raw_mart_order_lines SELECT *, 1 AS version, 0 AS is_deleted
       FROM mart_order_lines_as_known(known_at = '2299-12-31', first_day = '2026-02-11', last_day = '2026-02-11')`,
    );
    expect(await analyst.query('SELECT shipped_lines, cycle_p50_h, reason FROM mart_order_speed')).toEqual([
      { shipped_lines: 0, cycle_p50_h: null, reason: 'those shipped were shipped before they were placed' },
    ]);
  });

  test('growth is unknown of who bought nothing before', async () => {
    const valid_from = '2026-01-01T00:00:00.000Z';
    const dealer = {
      source: 'mdm',
      event_id: 'A',
      event_time: valid_from,
      valid_from,
      dealer_id: 'A',
      name: 'A',
      tier: 1,
    };
    const version = { ...dealer, ...place, territory_id: '', status: 'active', _offset: 1 };
    await admin.insertLines({ table: 'raw_dealers', lines: [Buffer.from(`${JSON.stringify(version)}\n`)] });
    expect(
      await analyst.query(`SELECT value, reason FROM mart_dealer_score_parts WHERE part = 'growth'`),
    ).toEqual([{ value: null, reason: 'no net order value in the 28 days before, in CNY' }]);
  });
});
