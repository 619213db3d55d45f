import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../ingest/program/program.ts';
import type { LiveRow } from '../../models/contract/live.ts';
import type { ProcessorLoop } from '../../processors/loop/loop.ts';
import { takeInAll } from '../../processors/loop/offline.ts';
import { rebuildMarts } from '../../processors/rebuild.ts';
import { PROCESSORS } from '../../processors/registry.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import { channelOf } from './processors-channel.ts';
import { ProcessorsRun } from './processors-run.ts';

const HOUR = 3_600_000;
const now = new Date();
/** What cases about codes are made by. */
const NEEDED = PROCESSORS.filter(({ id }) =>
  ['conflicts', 'code-journeys', 'diversion-signals', 'diversion-cases'].includes(id),
);

let run: ProcessorsRun;
let loop: ProcessorLoop;
const takeIn = (): Promise<void> => takeInAll(loop, NEEDED);

/** What is no case yet, or none after all: late feeds. */
describe('diversion is not told', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.create(now);
    for (const { type, event } of channelOf('held', now).references) await run.deliver(type, [event]);
    loop = await run.restart(NEEDED);
  }, 300_000);
  afterAll(() => run.drop());

  test('a scan before its shipment waits for the slowest feed that could explain it, and is withdrawn when it does', async () => {
    const ago = (hours: number): string => new Date(now.getTime() - hours * HOUR).toISOString();
    const scan = (event_id: string, source: string, hours: number, fields: object) => ({
      ...{
        event_id,
        source,
        event_time: ago(hours),
        code: 'UNIT-W',
        level: 'unit',
        sku_id: 'S2',
        lot: 'LOT-W',
      },
      ...fields,
    });
    const consumer = { dealer_id: '', biz_step: 'consumer_scan', lon: 120.16, lat: 30.27 };
    const shipped = { dealer_id: 'HQ', biz_step: 'shipping', to_dealer_id: 'D1' };
    const raised = () =>
      [...run.rows<LiveRow<'alerts'>>('alerts').values()].filter(({ lot }) => lot === 'LOT-W');
    const other = { ...shipped, code: 'UNIT-X', lot: 'LOT-X' };
    await run.deliver('scan', [
      ...[scan('w0', 'late', 60, other), scan('w1', 'app', 20, consumer), scan('w2', 'wms', 1, shipped)],
    ]);
    await takeIn();
    // The feed `late` has told of shipments, and of nothing for two days and a half.
    expect(raised()).toEqual([]);
    await run.deliver('scan', [scan('w3', 'late', 2, other)]);
    await takeIn();
    expect(raised()).toMatchObject([{ kinds: ['scan_order'], origin_dealer_id: 'D1' }]);
    await run.deliver('scan', [scan('w4', 'late', 21, shipped)]);
    await takeIn();
    expect(raised()).toEqual([]);
  });

  test('made anew from nothing the signals are the same', async () => {
    const settings = readSettings('Asia/Shanghai', 'CNY');
    const log = createLogger('test', 'silent');
    const judging = NEEDED.filter(({ id }) => id === 'diversion-signals');
    const [rebuilt] = await rebuildMarts(judging, { sql: run.sql, settings, log });
    expect(rebuilt?.hash_after).toBe(rebuilt?.hash_before);
  });
});
