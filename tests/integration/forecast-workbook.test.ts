import { readXlsx, writeXlsx, type CellValue } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { SentOverrides } from '../../dashboard/server/forecasts/sent-result.ts';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { storeVersion } from './forecast-versions.ts';

/** Overrides by sending the exported workbook back, as a planner. */
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
let pipeline: Pipeline;
let planner: string;
/** The Forecast sheet as it was exported before any override. */
let exported: CellValue[][];

type Row = Record<string, CellValue>;
const column = (name: string): number => (exported[0] ?? []).indexOf(name);
/** The exported sheet with cells of its rows (by index, the header is 0) replaced. */
async function edited(edits: Readonly<Record<number, Row>>, name = 'Forecast'): Promise<Uint8Array> {
  const rows = exported.map((row, index) => {
    const cells = [...row];
    for (const [key, value] of Object.entries(edits[index] ?? {})) cells[column(key)] = value;
    return cells;
  });
  return writeXlsx({
    sheets: [
      { name: 'README', rows: [['x']] },
      { name, rows },
    ],
  });
}

const send = (
  body: Uint8Array,
  {
    query = '',
    etag,
    token = planner,
    type = XLSX,
  }: Partial<Record<'query' | 'etag' | 'token' | 'type', string>> = {},
): Promise<Response> =>
  pipeline.fetch(`/v1/forecasts/latest/overrides/workbook${query}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': type,
      ...(etag !== undefined && { 'if-match': etag }),
    },
    body: Buffer.from(body),
  });
const trial = async (body: Uint8Array): Promise<SentOverrides> => {
  const response = await send(body, { query: '?dry_run=true' });
  expect(response.status).toBe(200);
  return (await response.json()) as SentOverrides;
};
const etagNow = async (): Promise<string> => {
  const response = await pipeline.fetch('/v1/forecasts/latest');
  await response.text();
  return response.headers.get('etag') ?? '';
};
const audit = () =>
  pipeline.sql.query(
    `SELECT dealer_id, sku_id, toString(bucket_start) AS bucket_start, toString(override_qty) AS qty, reason, override_by, is_current
     FROM mart_forecast_overrides ORDER BY revision, dealer_id, bucket_start`,
  );

beforeAll(async () => {
  pipeline = await Pipeline.start(inject('stack'), ['server']);
  const added = await pipeline.command('ingest/keys/cli.ts', [
    ...['add', '--kind', 'person', '--role', 'planner', '--name', '王芳'],
  ]);
  planner = (JSON.parse(added) as { secret: string }).secret;
  await storeVersion(pipeline.sql, {
    forecast_version: 'fc-20260101-01',
    start: '2026-01-01',
    days: 28,
    means: { 'D1 0017': 12.3, 'D1 S2': 4, '=D2 0017': 17.7, '=D2 S2': 0 },
  });
  const response = await pipeline.fetch('/v1/forecasts/latest/export?format=xlsx&grain=day');
  const book = await readXlsx(Buffer.from(await response.arrayBuffer()));
  exported = book.sheets.find(({ name }) => name === 'Forecast')?.rows ?? [];
}, 300_000);
afterAll(() => pipeline.stop());

const bucketOf = (index: number): string => String(exported[index]?.[column('bucket_start')]);
const meanOf = (index: number): number => Number(exported[index]?.[column('baseline_qty')]);

describe('the exported workbook, sent back', () => {
  it('changes nothing as it is', async () => {
    expect(exported).toHaveLength(1 + 4 * 28);
    expect(await trial(await edited({}))).toMatchObject({ rows: 4 * 28, changes: [], errors: [] });
  });

  it('tells in a trial what its edits change, row by row, and changes nothing', async () => {
    const told = await trial(
      await edited({
        1: { override_qty: 99.5, override_reason: '促销' },
        2: { override_qty: 0, override_reason: 'closed' },
      }),
    );
    expect(told).toMatchObject({ revision: 0, dry_run: true, error_count: 0 });
    const dealer_id = exported[1]?.[column('dealer_id')];
    expect(told.changes).toMatchObject([
      { row: 2, dealer_id, bucket_start: bucketOf(1), after_qty: 99.5, reason: '促销' },
      { row: 3, dealer_id, bucket_start: bucketOf(2), after_qty: 0 },
    ]);
    expect(told.changes[0]?.before_qty).toBeCloseTo(meanOf(1), 4);
    expect(await audit()).toEqual([]);
  });

  it('names every wrong cell by row and column, and is then not applied at all', async () => {
    const wrong = await edited({
      1: { override_qty: 5, override_reason: 'right' },
      2: { override_qty: -5, override_reason: 'r' },
      3: { override_qty: 'viele', override_reason: 'r' },
      4: { override_qty: 5 },
      5: { dealer_id: 'D9', override_qty: 5, override_reason: 'r' },
      6: { sku_id: '17', override_qty: 5, override_reason: 'r' },
      7: { bucket_start: '2020-01-01', override_qty: 5, override_reason: 'r' },
      8: { mean: 1e6 },
      9: { forecast_version: 'fc-20200101-01' },
      10: Object.fromEntries(
        (exported[0] ?? []).map((name, at) => [String(name), exported[11]?.[at] ?? null]),
      ),
    });
    const told = await trial(wrong);
    expect(told.errors.map(({ sheet, row, column: name }) => `${sheet} ${row} ${name}`)).toEqual([
      'Forecast 3 override_qty',
      'Forecast 4 override_qty',
      'Forecast 5 override_reason',
      'Forecast 6 dealer_id',
      'Forecast 7 sku_id',
      'Forecast 8 bucket_start',
      'Forecast 9 mean',
      'Forecast 10 forecast_version',
      'Forecast 12 bucket_start',
    ]);
    expect(told.errors[3]?.detail).toBe('D9 is no dealer of the version');
    expect(told.changes.map(({ row }) => row)).toEqual([2]);
    const refused = await send(wrong, { etag: await etagNow() });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      detail: 'none of the 1 changes was applied: 9 cells are wrong',
      errors: expect.arrayContaining([
        { pointer: '/Forecast/3/override_qty', detail: 'is negative: -5' },
      ]) as unknown,
    });
    expect(await audit()).toEqual([]);
  });

  it('is applied only against the state that was seen, as a whole, under the name of who sent it', async () => {
    const body = await edited({
      1: { override_qty: 99.5, override_reason: '促销' },
      2: { override_qty: 0, override_reason: 'closed' },
    });
    expect((await send(body)).status).toBe(428);
    expect((await send(body, { etag: '"other"' })).status).toBe(412);
    const etag = await etagNow();
    const applied = await send(body, { etag });
    expect(applied.status).toBe(200);
    expect(await applied.json()).toMatchObject({ revision: 1, dry_run: false });
    const of = { dealer_id: exported[1]?.[column('dealer_id')], sku_id: exported[1]?.[column('sku_id')] };
    const by = { ...of, override_by: '王芳', is_current: true };
    expect(await audit()).toEqual([
      { ...by, bucket_start: bucketOf(1), qty: '99.5', reason: '促销' },
      { ...by, bucket_start: bucketOf(2), qty: '0', reason: 'closed' },
    ]);
    expect((await send(body, { etag })).status).toBe(412);
    const again = await send(body, { etag: await etagNow() });
    expect(await again.json()).toMatchObject({ revision: 1, changes: [] });
  });

  it('does not undo what came after the file was made, and is told of it where both changed a row', async () => {
    expect(await trial(await edited({}))).toMatchObject({ changes: [], errors: [] });
    const told = await trial(await edited({ 1: { override_qty: 7, override_reason: 'mine' } }));
    expect(told.changes).toEqual([]);
    expect(told.errors).toMatchObject([{ row: 2, column: 'override_qty' }]);
    expect(told.errors[0]?.detail).toMatch(/^was set to 99.5 by 王芳 at /);
  });

  it('is refused in words where it is no such file, too large, or sent by who may not plan', async () => {
    const lacking = await trial(await edited({ 0: { override_reason: 'Grund' } }));
    expect(lacking.errors).toEqual([
      { sheet: 'Forecast', row: 1, column: 'override_reason', detail: 'is missing in the row of names' },
    ]);
    const dry = { query: '?dry_run=true' };
    expect((await send(Buffer.from('dealer_id;qty'), dry)).status).toBe(422);
    expect((await send(await edited({}, 'Sheet1'), dry)).status).toBe(422);
    expect((await send(await edited({}), { ...dry, type: 'application/json' })).status).toBe(415);
    const huge = await send(Buffer.alloc(33 * 1024 * 1024), dry).catch(() => undefined);
    // A server that answers before it has read all may be seen as a broken connection by who still sends.
    if (huge !== undefined) {
      expect(huge.status).toBe(413);
      expect(await huge.text()).toContain('at most 32');
    }
    const viewer = await pipeline.command('ingest/keys/cli.ts', [
      ...['add', '--kind', 'person', '--role', 'viewer', '--name', 'v'],
    ]);
    const { secret } = JSON.parse(viewer) as { secret: string };
    await expect.poll(async () => (await send(await edited({}), { ...dry, token: secret })).status).toBe(403);
  });

  it('is in the OpenAPI document as a file', async () => {
    const document = (await (await pipeline.fetch('/v1/openapi.json')).json()) as {
      paths: Record<string, { post?: { requestBody: { content: object } } }>;
    };
    const path = document.paths['/v1/forecasts/{version}/overrides/workbook'];
    expect(Object.keys(path?.post?.requestBody.content ?? {})).toEqual([XLSX]);
  });
});

describe('overrides one by one', () => {
  const put = (items: readonly object[]): Promise<Response> =>
    pipeline.fetch('/v1/forecasts/overrides', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items }),
    });
  const last = { dealer_id: 'D1', sku_id: '0017', bucket_start: '2026-01-28', reason: 'r' };

  it('are ten thousand at most, however long their names are', async () => {
    const unknown = Array.from({ length: 9_999 }, (_, i) => ({
      ...{ ...last, sku_id: `a product that nobody has forecast ${i}` },
      override_qty: 1,
    }));
    const answer = await put([{ ...last, override_qty: 77 }, ...unknown]);
    expect(answer.status).toBe(200);
    const { changes, rejected } = (await answer.json()) as { changes: object[]; rejected: object[] };
    expect(changes).toMatchObject([{ sku_id: '0017', after_qty: 77 }]);
    expect(rejected).toHaveLength(9_999);
  });

  it('are taken back once: where none holds, nothing changes and nothing is kept', async () => {
    const back = async () => (await put([{ ...last, override_qty: null }])).json();
    const first = (await back()) as { revision: number };
    expect(first).toMatchObject({ changes: [{ before_qty: 77, after_qty: 12.3 }] });
    expect(await back()).toMatchObject({ revision: first.revision, changes: [], rejected: [] });
  });
});
