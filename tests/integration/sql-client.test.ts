import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { CHECKS, askCheck, runChecks } from '../../sql/checks.ts';
import { SqlClient } from '../../sql/client.ts';
import { migrate } from '../../sql/migrate.ts';

const stack = inject('stack');
const config = {
  url: stack.clickhouse_url,
  ...stack.admin,
  database: `t_client_${randomBytes(4).toString('hex')}`,
};
const sql = new SqlClient(config);
let offset = 0;

beforeAll(async () => {
  await migrate({ config, cluster: null, time_zone: 'Asia/Shanghai', reporting_currency: 'CNY' });
});
afterAll(async () => {
  await sql.command(`DROP DATABASE IF EXISTS ${config.database} SYNC`);
  await sql.close();
});

function loginLine(event_id: string): Buffer {
  const event = { event_id, source: 's', event_time: '2026-03-01T00:00:00Z', dealer_id: 'd', kind: 'login' };
  const place = {
    _topic: 'dms.activity.v1',
    _partition: 0,
    _offset: offset++,
    _ingested_at: '2026-11-24T00:00:00Z',
  };
  return Buffer.from(`${JSON.stringify({ ...event, ...place })}\n`);
}
const count = async (table: string): Promise<number> =>
  (await sql.query<{ n: number }>(`SELECT count() AS n FROM ${table}`))[0]?.n ?? NaN;

test('a batch repeated under its token is acknowledged and not stored again', async () => {
  const lines = [loginLine('a'), loginLine('b')];
  const before = await count('raw_activity');
  for (let i = 0; i < 3; i += 1)
    await sql.insertLines({ table: 'raw_activity', lines, deduplication_token: 'a-b' });
  expect(await count('raw_activity')).toBe(before + 2);
  await sql.insertLines({ table: 'raw_activity', lines: [loginLine('c')], deduplication_token: 'c' });
  expect(await count('raw_activity')).toBe(before + 3);
});

test('a batch of 100,000 rows becomes one part', async () => {
  const lines = Array.from({ length: 100_000 }, (_, i) => loginLine(`many-${i}`));
  await sql.insertLines({ table: 'raw_activity', lines, query_id: randomUUID() });
  // Level 0 = as it was inserted; a merged-away part is listed for minutes more. The other tests insert a few rows.
  expect(
    await sql.query(
      `SELECT rows FROM system.parts
       WHERE database = currentDatabase() AND table = 'raw_activity' AND level = 0 AND rows > 10`,
    ),
  ).toEqual([{ rows: 100_000 }]);
});

test('a batch with one bad line is refused as a whole, and said to come again', async () => {
  const before = await count('raw_activity');
  const lines = [loginLine('x'), Buffer.from('{"event_id": 5 nonsense\n'), loginLine('y')];
  await expect(sql.insertLines({ table: 'raw_activity', lines })).rejects.toMatchObject({ retriable: false });
  expect(await count('raw_activity')).toBe(before);
});

test('a query is gone when its kill returns, and killing none is no error', async () => {
  const query_id = randomUUID();
  const ended = sql
    .query('SELECT sleepEachRow(0.1) FROM numbers(600)', {
      query_id,
      settings: { max_block_size: '1', wait_end_of_query: 1 },
    })
    .then(
      () => null,
      (error: unknown) => error,
    );
  await expect.poll(() => sql.isRunning(query_id)).toBe(true);
  await sql.killQuery(query_id);
  expect(await sql.isRunning(query_id)).toBe(false);
  expect(await ended).toMatchObject({ code: 'QUERY_WAS_CANCELLED', retriable: true });
  await sql.killQuery(randomUUID());
});

test('an aborted request tells so and leaves the client usable', async () => {
  const abort = new AbortController();
  const query_id = randomUUID();
  const ended = sql
    .query('SELECT sleepEachRow(0.1) FROM numbers(600)', {
      query_id,
      signal: abort.signal,
      settings: { max_block_size: '1', wait_end_of_query: 1 },
    })
    .then(
      () => null,
      (error: unknown) => error,
    );
  await expect.poll(() => sql.isRunning(query_id)).toBe(true);
  abort.abort();
  expect(await ended).toMatchObject({ code: 'REQUEST_ABORTED', server_code: null });
  await sql.killQuery(query_id);
  expect(await sql.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a server that takes a connection and says nothing is no answer to a ping', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const client = new SqlClient({ ...config, url: `http://127.0.0.1:${port}` });
  expect(await client.ping(200)).toBe(false);
  await client.close();
  sockets.forEach((socket) => socket.destroy());
  await new Promise((resolve) => silent.close(resolve));
});

test('nobody there is a retriable failure, and a ping that says no', async () => {
  const nobody = new SqlClient({ ...config, url: 'http://127.0.0.1:1' });
  await expect(nobody.query('SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED', retriable: true });
  expect(await nobody.ping()).toBe(false);
  await nobody.close();
});

test('results keep decimals exact, instants as RFC 3339 and no number that is none', async () => {
  expect(
    await sql.query(
      `SELECT toDecimal128('123456789012345678.123456', 6) AS money, toDateTime64('2026-03-01 08:00:00.123', 3, 'UTC') AS at, 0 / 0 AS ratio, toDate32('2026-03-01') AS day`,
    ),
  ).toEqual([
    { money: '123456789012345678.123456', at: '2026-03-01T08:00:00.123Z', ratio: null, day: '2026-03-01' },
  ]);
});

test('the checks hold, and name the event that a lost copy leaves out', async () => {
  await sql.insertLines({ table: 'raw_activity', lines: [loginLine('checked'), loginLine('checked')] });
  const broken = async () => (await runChecks(sql)).filter((result) => result.violations.length > 0);
  expect(await broken()).toEqual([]);
  await sql.command(
    "ALTER TABLE raw_activity_by_key DELETE WHERE event_id = 'checked' SETTINGS mutations_sync = 2",
  );
  const found = await broken();
  expect(found.map((result) => [result.file, result.event_type])).toEqual([
    ['checks/reading-order-is-whole.sql', 'activity'],
    ['checks/core-has-each-event-once.sql', 'activity'],
  ]);
  expect(found[0]?.violations).toMatchObject([{ source: 's', event_id: 'checked' }]);
});

test('the checks name a delivery that is stored twice, versions that overlap, a rebate that is not conserved and goods of an age that never came', async () => {
  await sql.insertLines({ table: 'raw_activity', lines: [loginLine('twice')] });
  await sql.command("INSERT INTO raw_activity SELECT * FROM raw_activity WHERE event_id = 'twice'");
  // What reads the ledger cannot tell these two: the views that it reads are put aside.
  await sql.command(
    `CREATE OR REPLACE VIEW core_promotions AS
     SELECT 'spring' AS promo_id, toDate(begins) AS valid_from, toDate(ends) AS effective_to
     FROM values('begins String, ends String', ('2026-03-01', '2026-03-10'), ('2026-03-09', '2026-03-20'), ('2026-03-20', '2026-03-30'))`,
  );
  const rebate = `'P' AS program_id, 'D' AS dealer_id, 'CNY' AS currency, 'month' AS period, toDate('2026-03-01') AS period_start`;
  await sql.command(
    `CREATE OR REPLACE VIEW mart_rebates AS
     SELECT ${rebate}, toDecimal64(10, 2) AS amount, [(0, 0, 0, toDecimal64(10, 2))] AS steps`,
  );
  await sql.command(
    `CREATE OR REPLACE VIEW mart_rebate_split AS
     SELECT ${rebate.replace('dealer_id', 'earned_by')}, toDecimal64(9.99, 2) AS amount`,
  );
  await sql.command(
    `CREATE OR REPLACE VIEW raw_receipt_lots AS
     SELECT 'D' AS dealer_id, 'S' AS sku_id, toDate32('2026-03-02') AS came_day, toDate32('2026-03-01') AS since_day, toDecimal128(5, 3) AS units, '' AS passed_by`,
  );
  const asked = CHECKS.filter(
    ({ file, event_type }) =>
      event_type === null || (event_type === 'activity' && file === 'checks/each-delivery-once.sql'),
  );
  const found = await Promise.all(asked.map((check) => askCheck(sql, check)));
  expect(asked.map(({ file }, i) => ({ file, violations: found[i] }))).toMatchObject([
    { file: 'checks/each-delivery-once.sql', violations: [{ rows: 2 }] },
    {
      file: 'checks/versions-do-not-overlap.sql',
      violations: [
        {
          kind: 'promotion',
          id: 'spring',
          valid_from: '2026-03-01T00:00:00.000Z',
          next_valid_from: '2026-03-09T00:00:00.000Z',
        },
      ],
    },
    { file: 'checks/rebates-are-conserved.sql', violations: [{ program_id: 'P', parts_sum: '9.99' }] },
    {
      file: 'checks/receipts-keep-their-units.sql',
      violations: [{ dealer_id: 'D', came_day: '2026-03-02', booked_units: '0', aged_units: '5' }],
    },
  ]);
});
