import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { insertLargeVersion, ROWS_A_SERIES } from '../../bench/exports/large-version.ts';
import { optionalPackage } from '../../processors/exports/delivery/optional-package.ts';
import { deliver as deliverVersion, type Delivered } from '../../processors/exports/delivery/deliver.ts';
import { openDestination } from '../../processors/exports/delivery/destination.ts';
import { DATASETS, type Dataset, type Manifest } from '../../processors/exports/delivery/manifest.ts';
import type { SftpAccess } from '../../processors/exports/delivery/sftp.ts';
import { faultsOf } from '../../processors/exports/delivery/verify.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../processors/exports/export-format.ts';
import { ForecastExports } from '../../processors/exports/forecast-exports.ts';
import { Pipeline, runToEnd } from '../../stack/lab/pipeline.ts';
import { pythonOrSkip } from './python-environment.ts';

/** A small version and suggestions made from it, delivered by the command to a folder, to S3 and by SFTP. */
const VERSION = { version: 'fc-20261124-01', dealers: 2, skus: 5 } as const;
const ROWS = VERSION.dealers * VERSION.skus * ROWS_A_SERIES;
const NAMES = ['forecast', 'replenishment', 'transfers'].flatMap((dataset) =>
  ['csv', 'xlsx', 'parquet'].map((format) => `${dataset}.${format}`),
);
const ALL = [...NAMES, 'manifest.json', '_SUCCESS'].sort();
const CLI = 'processors/exports/cli.ts';
const LONG_MS = 300_000;

let pipeline: Pipeline;
let place: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'delivered-'));
  pipeline = await Pipeline.start(inject('stack'), []);
  await insertLargeVersion(pipeline.sql, VERSION);
  const order = (dealer_id: string) => ({
    suggestion_id: `rp:${dealer_id}:000001:2026-W48`,
    cycle: '2026-W48',
    dealer_id,
    sku_id: '000001',
    qty: 12,
    pack_qty: 6,
    service_level: 0.95,
    forecast_version: VERSION.version,
    created_at: '2026-11-24T01:00:00.000Z',
    version: 1,
  });
  await pipeline.sql.insertRows('raw_mart_replenishment', [order('=D1'), order('D00001')]);
});
afterAll(async () => {
  await pipeline.stop();
  await rm(place, { recursive: true });
});

/** By the command in a process of its own. */
const byCommand = (to: string, env: Record<string, string> = {}): Promise<string> =>
  runToEnd(CLI, ['deliver', '--to', to], { ...pipeline.env, ...env });

/** As the command does it, here: a process takes seconds to start. */
async function deliver(
  to: string,
  what: { datasets?: readonly Dataset[]; formats?: readonly ExportFormat[] } = {},
  access: Partial<SftpAccess> = {},
): Promise<Delivered> {
  const version = await new ForecastExports(pipeline.sql).version('latest');
  if (version === undefined) throw new Error('there is no version');
  const destination = await openDestination(to, version.forecast_version, {
    password: '',
    key_file: '',
    host_key: '',
    ...access,
  });
  try {
    const request = { version, datasets: DATASETS, formats: EXPORT_FORMATS, ...what };
    return await deliverVersion(pipeline.sql, destination, request, () => undefined);
  } finally {
    await destination.close();
  }
}
const filesOf = async (folder: string): Promise<string[]> => (await readdir(folder)).sort();
const manifestOf = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('a delivery to a folder', () => {
  let folder: string;
  beforeAll(async () => {
    await byCommand(place);
    folder = join(place, VERSION.version);
  }, LONG_MS);

  it('has the files of all exports, a manifest that is true of each, and _SUCCESS that is true of the manifest', async () => {
    expect(await filesOf(folder)).toEqual(ALL);
    const manifest = await manifestOf(folder);
    expect(manifest).toMatchObject({
      manifest_version: 1,
      forecast_version: VERSION.version,
      as_of: '2026-11-23T16:00:00.000Z',
      generated_at: '2026-11-24T01:02:03.456Z',
      revision: 0,
      suggestions_decided_at: null,
    });
    expect(manifest.files.map(({ name }) => name)).toEqual(NAMES);
    for (const file of manifest.files) {
      const bytes = await readFile(join(folder, file.name));
      expect([file.bytes, file.sha256]).toEqual([bytes.length, sha256(bytes)]);
      expect(file.rows).toBe({ forecast: ROWS, replenishment: 2, transfers: 0 }[file.dataset]);
    }
    const success = await readFile(join(folder, '_SUCCESS'), 'utf8');
    expect(success).toBe(`${sha256(await readFile(join(folder, 'manifest.json')))}  manifest.json\n`);
  });

  it('guards its CSV against formulas, of suggestions too', async () => {
    const csv = await readFile(join(folder, 'replenishment.csv'), 'utf8');
    expect(csv).toContain(`"'=D1"`);
    expect(csv).not.toContain('"=D1"');
    expect(await readFile(join(folder, 'forecast.csv'), 'utf8')).toContain(`"'=HYPERLINK(`);
  });

  it(
    'is not written again when nothing has changed, and is when a planner has: only what differs is',
    async () => {
      const changedAt = async (name: string): Promise<number> => (await stat(join(folder, name))).mtimeMs;
      const names = [...NAMES, 'manifest.json', '_SUCCESS'];
      const before = await Promise.all(names.map(changedAt));
      expect(await byCommand(place)).toContain('were there already');
      expect(await Promise.all(names.map(changedAt))).toEqual(before);

      await pipeline.sql.insertRows('raw_mart_forecast_overrides', [
        {
          forecast_version: VERSION.version,
          bucket_grain: 'day',
          dealer_id: 'D00001',
          sku_id: '000001',
          bucket_start: '2026-11-24',
          override_qty: '77.5',
          reason: '促销',
          override_by: '王芳',
          override_at: '2026-11-24T02:00:00.000Z',
          revision: 1,
        },
      ]);
      await deliver(place);
      expect((await manifestOf(folder)).revision).toBe(1);
      expect(await readFile(join(folder, 'forecast.csv'), 'utf8')).toContain('77.5,"促销"');
      const after = await Promise.all(names.map(changedAt));
      const rewritten = names.filter((_, i) => after[i] !== before[i]);
      expect(rewritten).toEqual([
        'forecast.csv',
        'forecast.xlsx',
        'forecast.parquet',
        'manifest.json',
        '_SUCCESS',
      ]);
    },
    LONG_MS,
  );

  it(
    'that breaks off leaves no _SUCCESS, and the next one makes it whole',
    async () => {
      const to = join(place, 'broken');
      await deliver(to);
      const inside = join(to, VERSION.version);
      // A folder in the place of a file: the second file cannot be renamed to its name.
      await rm(join(inside, 'forecast.xlsx'));
      await mkdir(join(inside, 'forecast.xlsx', 'in-the-way'), { recursive: true });
      await expect(deliver(to)).rejects.toThrow('forecast.xlsx');
      expect(await filesOf(inside)).not.toContain('_SUCCESS');
      await rm(join(inside, 'forecast.xlsx'), { recursive: true });
      await deliver(to);
      expect(await filesOf(inside)).toEqual(ALL);
      expect(await runToEnd(CLI, ['verify', inside], pipeline.env)).toContain('whole');
    },
    LONG_MS,
  );

  it('is checked by verify, which names every fault', async () => {
    const to = join(place, 'spoilt');
    await deliver(to, { datasets: ['forecast'], formats: ['csv', 'parquet'] });
    const inside = join(to, VERSION.version);
    expect(await filesOf(inside)).toEqual(['_SUCCESS', 'forecast.csv', 'forecast.parquet', 'manifest.json']);
    const parquet = await readFile(join(inside, 'forecast.parquet'));
    parquet[100] = (parquet[100] ?? 0) ^ 1;
    await writeFile(join(inside, 'forecast.parquet'), parquet);
    await appendFile(join(inside, 'forecast.csv'), 'x');
    await rm(join(inside, '_SUCCESS'));
    const told = await runToEnd(CLI, ['verify', inside], pipeline.env).catch(String);
    expect(told).toContain('ended with 1');
    for (const fault of ['_SUCCESS is missing', 'forecast.csv has', 'forecast.parquet has the SHA-256'])
      expect(told).toContain(fault);
  });

  it('leaves out what an earlier one had and this one has not', async () => {
    const to = join(place, 'fewer');
    await deliver(to, { datasets: ['forecast'], formats: ['csv', 'parquet'] });
    await deliver(to, { datasets: ['forecast'], formats: ['parquet'] });
    expect(await filesOf(join(to, VERSION.version))).toEqual([
      '_SUCCESS',
      'forecast.parquet',
      'manifest.json',
    ]);
  });

  it.each([
    [['--to', 'ftp://example.com/x'], 'ftp:// is not known'],
    [['--to', 'sftp://a:b@example.com/x'], 'DMS_SFTP_PASSWORD'],
    [['--to', '/tmp/x', '--formats', 'csv,pdf'], '"pdf" is none of csv, xlsx, parquet'],
    [['--to', '/tmp/x', '--version', 'fc-20200101-01'], 'there is no fc-20200101-01'],
  ])('%j is refused', async (args, why) => {
    const told = await runToEnd(CLI, ['deliver', ...args], pipeline.env).catch(String);
    expect(told).toContain('ended with 2');
    expect(told).toContain(why);
  });

  it('says how to install a package that a destination needs and that is missing', async () => {
    const missing = 'no-such-package-as-this';
    await expect(optionalPackage('gs://', ['some-sdk@1'], () => import(missing))).rejects.toThrow(
      'gs:// needs a package that is not installed: npm install some-sdk@1',
    );
  });
});

describe('a delivery to S3', () => {
  let server: S3rver;
  let env: Record<string, string>;
  beforeAll(async () => {
    server = new S3rver({
      port: 0,
      address: '127.0.0.1',
      silent: true,
      directory: join(place, 's3'),
      configureBuckets: [{ name: 'planning', configs: [] }],
    });
    const { port } = await server.run();
    env = {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
    };
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  it(
    'has the same objects, under its prefix, and is not sent again',
    async () => {
      await byCommand('s3://planning/out/daily', env);
      const { S3Client, ListObjectsV2Command, GetObjectCommand } = await import('@aws-sdk/client-s3');
      const client = new S3Client({
        endpoint: env['AWS_ENDPOINT_URL_S3'] ?? '',
        region: 'us-east-1',
        forcePathStyle: true,
        credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
      });
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'planning' }));
      const prefix = `out/daily/${VERSION.version}/`;
      expect(Contents.map(({ Key }) => Key).sort()).toEqual(ALL.map((name) => prefix + name));
      const bytesOf = async (name: string): Promise<Buffer> => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: 'planning', Key: prefix + name }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      };
      const manifest = JSON.parse((await bytesOf('manifest.json')).toString()) as Manifest;
      for (const file of manifest.files) expect(sha256(await bytesOf(file.name))).toBe(file.sha256);
      client.destroy();
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
      expect((await deliver('s3://planning/out/daily')).is_unchanged).toBe(true);
    },
    LONG_MS,
  );

  it('into a bucket that is not there fails', async () => {
    await expect(deliver('s3://elsewhere')).rejects.toThrow(/bucket/i);
  });
});

describe('a delivery by SFTP', () => {
  let python: string | undefined;
  let server: ChildProcess | undefined;
  let shown: { port: number; host_key: string };
  let root: string;
  afterAll(async () => {
    if (server === undefined) return;
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  });

  it(
    'has the same files, and is not sent again; a server with another key, or another password, gets nothing',
    async ({ skip }) => {
      python = await pythonOrSkip(skip, 'sftp', join('tests', 'integration', 'sftp', 'requirements.txt'));
      root = join(place, 'sftp');
      await mkdir(root);
      server = spawn(python, [join('tests', 'integration', 'sftp', 'server.py'), root, 'secret'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      if (server.stdout === null) throw new Error('the server has no output');
      const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
      shown = JSON.parse(line) as typeof shown;
      const to = `sftp://planner@127.0.0.1:${shown.port}/in/daily`;
      const access = { password: 'secret', host_key: shown.host_key };

      await expect(deliver(to, {}, { password: 'secret' })).rejects.toThrow(
        `shows the key ${shown.host_key}, and none is expected`,
      );
      await expect(deliver(to, {}, { ...access, password: 'wrong' })).rejects.toThrow(/auth/i);
      expect(await filesOf(root)).toEqual([]);

      await byCommand(to, { DMS_SFTP_PASSWORD: 'secret', DMS_SFTP_HOST_KEY: shown.host_key });
      const inside = join(root, 'in', 'daily', VERSION.version);
      expect(await filesOf(inside)).toEqual(ALL);
      expect(await faultsOf(inside)).toEqual([]);
      expect((await deliver(to, {}, access)).is_unchanged).toBe(true);

      // Files are replaced, not only made.
      await appendFile(join(inside, 'forecast.csv'), 'x');
      await deliver(to, {}, access);
      expect(await faultsOf(inside)).toEqual([]);
    },
    LONG_MS,
  );
});
