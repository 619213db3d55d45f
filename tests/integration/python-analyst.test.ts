import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createLogger } from '../../ingest/program/program.ts';
import { orderLines } from '../../processors/marts/order-lines.ts';
import { rebuildMarts } from '../../processors/rebuild.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import { SqlClient } from '../../sql/client.ts';
import { migrate } from '../../sql/migrate.ts';
import { ANALYST_DATABASES } from '../../stack/lab/lab.ts';
import { runPython } from '../../stack/python/venv.ts';
import { pythonOrSkip } from './python-environment.ts';

/** `docs/analysts/example.py` as it stands, run as `analyst` by clickhouse-connect. */
const FOLDER = join('docs', 'analysts');
const stack = inject('stack');
const [, database] = ANALYST_DATABASES;
const config = { url: stack.clickhouse_url, ...stack.admin, database };
const sql = new SqlClient(config);
/** Making the environment downloads from PyPI the first time. */
const PYTHON_MS = 300_000;

const line = (n: number, _ingested_at: string): string =>
  `${JSON.stringify({
    event_id: `o${n}`,
    source: 'erp',
    event_time: '2026-02-10T04:00:00.000Z',
    dealer_id: 'D1',
    order_id: `O${n}`,
    line_no: 1,
    sku_id: 'S1',
    stage: 'placed',
    qty: '0.1',
    unit_price: '0.2',
    currency: 'CNY',
    channel: 'edi',
    _topic: 'dms.orders.v1',
    _partition: 0,
    _offset: n,
    _ingested_at,
  })}\n`;

beforeAll(async () => {
  await sql.command(`DROP DATABASE IF EXISTS ${database} SYNC`).catch(() => undefined);
  await migrate({ config, cluster: null, time_zone: 'Asia/Shanghai', reporting_currency: 'CNY' });
  const lines = [
    line(0, '2026-02-10T05:00:00.000Z'),
    line(1, '2026-02-10T05:00:00.000Z'),
    line(2, '2026-02-12T00:00:00.000Z'),
  ];
  await sql.insertLines({ table: 'raw_orders', lines: lines.map((one) => Buffer.from(one)) });
  await rebuildMarts([orderLines], {
    sql,
    settings: readSettings('Asia/Shanghai', 'CNY'),
    log: createLogger('test', 'silent'),
  });
});
afterAll(async () => {
  await sql.command(`DROP DATABASE IF EXISTS ${database} SYNC`);
  await sql.close();
});

test(
  'an analyst asks from Python: money to the last digit, figures as known then, saved queries, and no right to write',
  async ({ skip }) => {
    const python = await pythonOrSkip(skip, 'analyst', join(FOLDER, 'requirements.txt'));
    const told = await runPython(
      python,
      [join(FOLDER, 'example.py'), '--known-at', '2026-02-11T12:00:00.500'],
      {
        CLICKHOUSE_URL: stack.clickhouse_url,
        CLICKHOUSE_USER: stack.analyst.user,
        CLICKHOUSE_PASSWORD: stack.analyst.password,
        CLICKHOUSE_DATABASE: database,
      },
    );
    const { off, ...answer } = JSON.parse(told) as { off: { figure: string; reason: string }[] };
    expect(answer).toEqual({
      // Three times 0.1 times 0.2, which floats make 0.06000000000000001.
      placed: [{ currency: 'CNY', lines: 3, value: '0.060000000' }],
      placed_as_known: [{ currency: 'CNY', lines: 2, value: '0.040000000' }],
      fill_by_week: [],
      may_write: false,
    });
    expect(off).toContainEqual(
      expect.objectContaining({ figure: 'statements', reason: 'no event of money has come' }),
    );
  },
  PYTHON_MS,
);
