import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventTypeByName } from '../../models/contract/registry.ts';
import { eventually, Pipeline } from '../../stack/lab/pipeline.ts';

const CHANNEL = ['--seed', 'it', '--dealers', '30', '--days', '21', '--until', '2026-11-20T18:00:00+08:00'];

describe('the simulated channel through edge, Kafka and sink', () => {
  let pipeline: Pipeline;
  let folder: string;
  /** Events by type, as the same command writes them to files: what must arrive. */
  const expected: Record<string, number> = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    pipeline = await Pipeline.start(inject('stack'), ['edge', 'sink']);
    await pipeline.command('simulator/cli.ts', [...CHANNEL, '--out', join(folder, 'out')]);
    for (const file of await readdir(join(folder, 'out'))) {
      const type = file.replace('.ndjson', '');
      if (eventTypeByName(type) === undefined) continue;
      expected[type] = (await readFile(join(folder, 'out', file), 'utf8')).trimEnd().split('\n').length;
    }
  });
  afterAll(async () => {
    await pipeline.stop();
    await rm(folder, { recursive: true });
  });

  const send = (...more: string[]): Promise<string> =>
    pipeline.command('simulator/cli.ts', [
      ...CHANNEL,
      '--to',
      pipeline.program('edge').url,
      '--key-env',
      'DMS_ADMIN_TOKEN',
      '--state',
      join(folder, 'state.json'),
      ...more,
    ]);

  /** Rows of a table or view by type. */
  async function counts(of: 'raw_table' | 'core_view'): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const type of Object.keys(expected)) {
      const name = eventTypeByName(type)?.[of] ?? '';
      const [row] = await pipeline.sql.query<{ n: string }>(`SELECT toString(count()) AS n FROM ${name}`);
      found[type] = Number(row?.n);
    }
    return found;
  }

  async function arrived(times: number): Promise<void> {
    await eventually(`${times} deliveries of each event`, async () => {
      const raw = await counts('raw_table');
      return Object.entries(expected).every(([type, n]) => raw[type] === times * n) ? true : undefined;
    });
  }

  test('every event that the files hold arrives, each once', async () => {
    expect(Object.keys(expected)).toHaveLength(11);
    await send();
    await arrived(1);
    expect(await counts('core_view')).toEqual(expected);
  });

  test('a feed that goes on from its state sends nothing again', async () => {
    expect(await send()).toContain('history sent: 0 events');
    await arrived(1);
  });

  test('the whole history sent again changes no figure', async () => {
    const revenue = 'SELECT toString(sum(qty * unit_price)) AS value FROM core_orders';
    const before = await pipeline.sql.query(revenue);
    await send('--resend');
    await arrived(2);
    expect(await counts('core_view')).toEqual(expected);
    expect(await pipeline.sql.query(revenue)).toEqual(before);
  });
});
