import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { insertLargeVersion } from '../../bench/exports/large-version.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { startDeliveries, type Deliveries } from '../../processors/exports/delivery/deliveries.ts';
import type { Manifest } from '../../processors/exports/delivery/manifest.ts';
import { faultsOf } from '../../processors/exports/delivery/verify.ts';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';

/** What processors deliver unasked, to a folder and to a place that takes nothing. */
let pipeline: Pipeline;
let place: string;
let deliveries: Deliveries;
let now_ms = Date.UTC(2026, 10, 24);
const LONG_MS = 180_000;
const SMALL = { dealers: 1, skus: 3 } as const;

const start = (): Deliveries =>
  startDeliveries({
    sql: pipeline.sql,
    targets: [
      { name: 'broken', to: join(place, 'taken', 'x') },
      { name: 'share', to: join(place, 'share'), formats: ['csv'], datasets: ['forecast'] },
    ],
    log: createLogger('test', 'silent'),
    now: () => now_ms,
    on_timer: false,
    env: { ...process.env, ...pipeline.env },
  });

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'deliveries-'));
  pipeline = await Pipeline.start(inject('stack'), []);
  // A file where a folder is wanted.
  await writeFile(join(place, 'taken'), '');
  deliveries = start();
});
afterAll(async () => {
  await deliveries.stop();
  await pipeline.stop();
  await rm(place, { recursive: true });
});

const delivered = async (): Promise<string[]> =>
  (await readdir(place)).includes('share') ? (await readdir(join(place, 'share'))).sort() : [];
const lookAfter = async (seconds: number): Promise<void> => {
  now_ms += seconds * 1000;
  await deliveries.look();
};
const override = (revision: number): Promise<void> =>
  pipeline.sql.insertRows('raw_mart_forecast_overrides', [
    {
      forecast_version: 'fc-20261124-01',
      bucket_grain: 'day',
      dealer_id: 'D00000',
      sku_id: '000001',
      bucket_start: '2026-11-24',
      override_qty: String(revision),
      reason: '促销',
      override_by: '王芳',
      override_at: '2026-11-24T02:00:00.000Z',
      revision,
    },
  ]);
const manifestOf = async (version: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(place, 'share', version, 'manifest.json'), 'utf8')) as Manifest;

it(
  'a new version is delivered once it has rested, also where another place takes nothing',
  async () => {
    await lookAfter(0);
    expect(await delivered()).toEqual([]);
    await insertLargeVersion(pipeline.sql, { version: 'fc-20261124-01', ...SMALL });
    await lookAfter(0);
    await lookAfter(30);
    expect(await delivered()).toEqual([]);
    await lookAfter(31);
    expect(await delivered()).toEqual(['fc-20261124-01']);
    expect((await readdir(join(place, 'share', 'fc-20261124-01'))).sort()).toEqual([
      '_SUCCESS',
      'forecast.csv',
      'manifest.json',
    ]);
  },
  LONG_MS,
);

it(
  'an override is delivered too, and nothing twice',
  async () => {
    const before = await manifestOf('fc-20261124-01');
    await lookAfter(600);
    expect(await manifestOf('fc-20261124-01')).toEqual(before);
    await override(1);
    await lookAfter(60);
    await lookAfter(61);
    expect((await manifestOf('fc-20261124-01')).revision).toBe(1);
  },
  LONG_MS,
);

it(
  'ended in the middle leaves no _SUCCESS, and is made whole after the next start',
  async () => {
    const inside = join(place, 'share', 'fc-20261124-01');
    // A pipe that nobody reads from holds the delivery up before its only file is whole.
    const pipe = join(inside, '.forecast.csv.partial');
    execFileSync('mkfifo', [pipe]);
    await override(2);
    await lookAfter(60);
    const looking = lookAfter(61);
    await eventually('_SUCCESS to be taken away', async () =>
      (await readdir(inside)).includes('_SUCCESS') ? undefined : true,
    );
    await deliveries.stop();
    await looking;
    expect((await readdir(inside)).sort()).toEqual([
      '.forecast.csv.partial',
      'forecast.csv',
      'manifest.json',
    ]);
    await rm(pipe);

    deliveries = start();
    await lookAfter(0);
    await lookAfter(61);
    expect(await faultsOf(inside)).toEqual([]);
    expect((await manifestOf('fc-20261124-01')).revision).toBe(2);
  },
  LONG_MS,
);
