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

beforeAll(async () => {
  await migrate({
    config: { ...at, ...stack.admin },
    cluster: null,
    time_zone: 'Asia/Shanghai',
    reporting_currency: 'CNY',
  });
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

  test.each(panels.map(({ title, targets }) => [title, targets] as const))(
    '%s runs as analyst',
    async (_, targets) => {
      expect(targets.length).toBeGreaterThan(0);
      for (const { rawSql } of targets) expect(Array.isArray(await analyst.query(rawSql))).toBe(true);
    },
  );
});
