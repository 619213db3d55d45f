import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { readXlsx } from 'hucre/xlsx';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { runPython } from '../../stack/python/venv.ts';
import { pythonOrSkip } from './python-environment.ts';
import { postForecastChannel } from './forecast-channel.ts';

/** Forecast and exported through the public address. */
let pipeline: Pipeline;
let version: Version;

/** Another reader of workbooks than the library that writes ours. Its environment is downloaded from PyPI the first time. */
const OPENPYXL = join('tests', 'integration', 'openpyxl');
const PYTHON_MS = 300_000;

interface Version {
  forecast_version: string;
  series: number;
  revision: number;
  accuracy: { level: string; wape: number; naive_wape: number }[];
}

beforeAll(async () => {
  pipeline = await Pipeline.start(inject('stack'));
  await postForecastChannel(pipeline);
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
         countIf(NOT isFinite(mean) OR mean < 0 OR p10 > p50 OR p50 > p90 OR p90 > p95) AS wrong,
         countIf((on_hand_qty IS NULL OR wape_backtest IS NULL OR coverage_p80 IS NULL) != (reason != '')) AS untold
       FROM mart_forecasts`,
    );
    expect(rows).toEqual({ days: 4 * 28, weeks: 4 * 12, wrong: 0, untold: 0 });
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

  it('has weeks that are the sums of their days, as far as those reach', async () => {
    const rows = await pipeline.sql.query<{ of_days: number; of_week: number; wrong: number }>(
      `SELECT sumIf(toFloat64(mean), bucket_grain = 'day') AS of_days, sumIf(toFloat64(mean), bucket_grain = 'week') AS of_week,
         countIf(bucket_grain = 'week' AND (p10 > p50 OR p50 > p90 OR p90 > p95)) AS wrong
       FROM mart_forecasts
       WHERE bucket_grain = 'day' OR horizon_step <= 4
       GROUP BY dealer_id, sku_id, if(bucket_grain = 'day', intDiv(horizon_step - 1, 7) + 1, horizon_step)`,
    );
    expect(rows).toHaveLength(4 * 4);
    for (const { of_days, of_week, wrong } of rows) {
      expect(of_week / of_days).toBeCloseTo(1, 5);
      expect(wrong).toBe(0);
    }
  });

  it('has means whose sum is that of the category plan: 28 days, and the weeks beyond them', async () => {
    const [row] = await pipeline.sql.query<{ detail: number; plan: number; days: number }>(
      `SELECT (SELECT sum(toFloat64(mean)) FROM mart_forecasts WHERE bucket_grain = 'day' OR horizon_step > 4) AS detail,
         (SELECT sum(baseline_qty) FROM mart_category_plan) AS plan, (SELECT toUInt32(sum(days)) FROM mart_category_plan) AS days`,
    );
    expect(row?.plan).toBeCloseTo(row?.detail ?? NaN, 2);
    expect(row?.days).toBe(12 * 7);
  });

  it('names the model of the weeks beyond the days by their own choice', async () => {
    const { choices } = version as unknown as { choices: Record<string, Record<string, string>> };
    const models = await pipeline.sql.query<{ model: string; is_far: boolean }>(
      `SELECT DISTINCT model, bucket_grain = 'week' AND horizon_step > 4 AS is_far FROM mart_forecasts`,
    );
    for (const { model, is_far } of models)
      expect(Object.values(choices[is_far ? 'week' : 'day'] ?? {})).toContain(model);
  });

  it('tells days of supply what it expects of a day', async () => {
    const rows = await pipeline.sql.query<{ demand_basis: string; daily_demand: number; daily: number }>(
      `SELECT demand_basis, daily_demand, f.daily AS daily FROM mart_days_of_supply AS supply
       INNER JOIN (SELECT dealer_id, sku_id, avg(final_qty) AS daily FROM mart_forecasts WHERE bucket_grain = 'day' GROUP BY dealer_id, sku_id) AS f
         ON f.dealer_id = supply.dealer_id AND f.sku_id = supply.sku_id`,
    );
    expect(rows).toHaveLength(4);
    for (const { demand_basis, daily_demand, daily } of rows) {
      expect(demand_basis).toBe('forecast');
      expect(daily_demand).toBeCloseTo(daily, 4);
    }
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
    const [header = [], ...levels] = book.sheets[3]?.rows ?? [];
    expect(header).toEqual(['level', 'lag_days', 'points', 'wape', 'naive_wape', 'bias', 'coverage_p80']);
    expect(new Map(levels.map(([level, lag_days]) => [level, lag_days]))).toEqual(
      new Map<unknown, unknown>([
        ['dealer_sku_day', '1-28'],
        ['dealer_sku_28d', 1],
        ['dealer_week', '1-22'],
        ['category_month', 1],
      ]),
    );
  });

  it(
    'as XLSX, read by another reader than its writer, has the rows of the CSV: numbers as numbers, no formula',
    async ({ skip }) => {
      const python = await pythonOrSkip(skip, 'openpyxl', join(OPENPYXL, 'requirements.txt'));
      const response = await pipeline.fetch('/v1/forecasts/latest/export?format=xlsx&grain=day');
      const folder = await mkdtemp(join(tmpdir(), 'workbook-'));
      const file = join(folder, 'forecast.xlsx');
      await writeFile(file, Buffer.from(await response.arrayBuffer()));
      const told = await runPython(python, [join(OPENPYXL, 'read_workbook.py'), file]);
      await rm(folder, { recursive: true });

      const sheets = JSON.parse(told) as Record<string, [type: string, value: unknown][][]>;
      expect(Object.keys(sheets)).toEqual(['README', 'Forecast', 'Pivot', 'Accuracy']);
      const [header = [], ...rows] = sheets['Forecast'] ?? [];
      const names = header.map(([, name]) => name);
      const lines = (await linesOf('format=csv&bom=0&grain=day')).map((line) => parse(line)[0] ?? []);
      expect(names).toEqual(lines[0]);
      const column = (name: string): number => names.indexOf(name);
      expect(rows.map((row) => row[column('mean')])).toEqual(
        lines.slice(1).map((line) => ['n', Number(line[column('mean')])]),
      );
      expect(new Set(rows.map((row) => row[column('sku_id')]?.join(' ')))).toEqual(
        new Set(['s 0017', 's S2']),
      );
      expect(rows.flat().filter(([type]) => type === 'f')).toEqual([]);
      expect(rows.flat()).toContainEqual(['s', '=D2']);
    },
    PYTHON_MS,
  );

  it('as Parquet, read by another reader than its writer, has the columns and values of the CSV', async () => {
    const response = await pipeline.fetch('/v1/forecasts/latest/export?format=parquet&grain=day');
    const rows = await parquetReadObjects({ file: await response.arrayBuffer(), compressors });
    const [header = '', ...lines] = await linesOf('format=csv&bom=0&grain=day');
    const names = header.replaceAll('"', '').split(',');
    expect(rows).toHaveLength(lines.length);
    for (const row of rows) expect(Object.keys(row)).toEqual(names);

    const total = (name: string): number =>
      lines.reduce((sum, line) => sum + Number(parse(line)[0]?.[names.indexOf(name)]), 0);
    for (const name of ['horizon_step', 'mean', 'p10', 'p95', 'final_qty'])
      expect(rows.reduce((sum, row) => sum + Number(row[name]), 0)).toBeCloseTo(total(name), 3);
    expect(new Set(rows.map(({ sku_id }) => sku_id as unknown))).toEqual(new Set(['0017', 'S2']));
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
  it('has the days behind and the fan ahead, whose means are what the version plans, overrides included', async () => {
    const [total] = await pipeline.sql.query<{ sum: number }>(
      "SELECT sum(final_qty) AS sum FROM mart_forecasts WHERE bucket_grain = 'day' AND forecast_version = {version: String}",
      { params: { version: version.forecast_version } },
    );
    // The board is computed every half minute: until then it says what was planned before the last override.
    const rows = await eventually(
      'the fan of what is planned',
      async () => {
        const found = await pipeline.sql.query<{ row: string }>(
          "SELECT row FROM raw_live_rows FINAL WHERE topic = 'forecast' ORDER BY key",
        );
        const parsed = found.map(({ row }) => JSON.parse(row) as Record<string, number | null>);
        const sum = parsed.reduce((units, { mean }) => units + Number(mean), 0);
        const has_both = parsed.some(({ previous, mean }) => previous !== null && mean !== null);
        return has_both && Math.abs(sum - (total?.sum ?? NaN)) < 0.0005 ? parsed : undefined;
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
  }, 120_000);
});
