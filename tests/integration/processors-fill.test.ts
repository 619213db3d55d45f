import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../ingest/program/program.ts';
import { emptyMart } from '../../processors/loop/empty-mart.ts';
import type { ProcessorLoop } from '../../processors/loop/loop.ts';
import { codeJourneys } from '../../processors/marts/code-journeys.ts';
import { orderLines } from '../../processors/marts/order-lines.ts';
import { salesDays } from '../../processors/marts/sales-days.ts';
import { stockDays } from '../../processors/marts/stock-days.ts';
import { offlineLoop } from '../../processors/loop/offline.ts';
import { Progress } from '../../processors/loop/progress.ts';
import { martHash } from '../../processors/rebuild.ts';
import type { RunnableProcessor } from '../../processors/processor.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import { channelOf } from './processors-channel.ts';
import { ProcessorsRun, TIME_ZONE } from './processors-run.ts';

/** An emptied mart is filled at once by what its view says of all that is known. */
const now = new Date();
const { orders, stock, scans, references } = channelOf('fill', now);
const settings = readSettings(TIME_ZONE, 'CNY');
const log = createLogger('test', 'silent');
const MARTS = [orderLines, salesDays, stockDays, codeJourneys];

let run: ProcessorsRun;
beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  for (const { type, event } of references) await run.deliver(type, [event]);
  await run.deliver('order', orders);
  await run.deliver('stock', stock);
  await run.deliver('scan', scans);
}, 120_000);
afterAll(() => run.drop());

const martOf = (processor: RunnableProcessor) => {
  if (processor.mart === undefined) throw new Error(`${processor.id} keeps no mart`);
  return processor.mart;
};
const hashOf = (processor: RunnableProcessor) => martHash(run.sql, martOf(processor).hash_file);
/** As it is, but its filling fails: all is taken in by ranges. */
const withoutFill = (processor: RunnableProcessor): RunnableProcessor => ({
  ...processor,
  mart: { ...martOf(processor), fill: () => Promise.reject(new Error('no room')) },
});
async function passes(loop: ProcessorLoop, count: number): Promise<void> {
  for (let pass = 0; pass < count; pass += 1) await loop.pass('all');
}

describe.each(MARTS.map((processor) => [processor.id, processor] as const))('%s', (_, processor) => {
  test('filled at once, in parts, or by ranges because filling failed, says the same', async () => {
    const by_ranges = await run.restart([withoutFill(processor)]);
    await passes(by_ranges, 1);
    expect(by_ranges.failureOf(processor.id)).toBe('no room');
    expect((await hashOf(processor)).rows).toBe(0);
    await by_ranges.catchUp();
    await passes(by_ranges, 2);
    expect(by_ranges.failureOf(processor.id)).toBeNull();
    const expected = await hashOf(processor);
    expect(expected.rows).toBeGreaterThan(10);

    for (const parts of [1, 3]) {
      await emptyMart(run.sql, processor);
      await martOf(processor).fill?.(
        {
          sql: run.sql,
          settings,
          log,
          now,
          ranges: [],
          is_first: true,
          version: Date.now(),
          conflicts_since_ms: 0,
        },
        parts,
      );
      expect({ parts, ...(await hashOf(processor)) }).toEqual({ parts, ...expected });
    }
  });
});

test('one that lacks more than may be filled at once is made by ranges, so that the others of its lane do not wait', async () => {
  const processors = [withoutFill(orderLines)];
  const progress = await Progress.load(run.sql);
  await progress.reset(orderLines.id, 'another definition');
  const loop = await offlineLoop({
    processors,
    sql: run.sql,
    settings,
    log,
    progress,
    fill_deliveries_max: 1,
  });
  await loop.catchUp();
  expect(loop.failureOf(orderLines.id)).toBeNull();
  expect((await hashOf(orderLines)).rows).toBeGreaterThan(10);
});

test('one whose leader has yet to be made anew waits for it, and is then filled at once', async () => {
  let may_run = false;
  const leader: RunnableProcessor = {
    ...orderLines,
    run: (context) => (may_run ? orderLines.run(context) : Promise.reject(new Error('not yet'))),
  };
  const filled: string[] = [];
  const follower: RunnableProcessor = {
    ...salesDays,
    mart: {
      ...martOf(salesDays),
      fill: async (context, parts) => {
        filled.push(salesDays.id);
        await martOf(salesDays).fill?.(context, parts);
      },
    },
  };
  const expected = await hashOf(salesDays);
  const progress = await Progress.load(run.sql);
  for (const { id } of [leader, follower]) await progress.reset(id, 'another definition');
  const loop = await offlineLoop({
    ...{ processors: [withoutFill(leader), follower], sql: run.sql, settings, log, progress },
  });
  await passes(loop, 2);
  expect(filled).toEqual([]);
  expect(await hashOf(salesDays)).toEqual(expected);
  may_run = true;
  await passes(loop, 2);
  expect(loop.failureOf(orderLines.id)).toBeNull();
  expect(filled).toEqual([salesDays.id]);
  expect(await hashOf(salesDays)).toEqual(expected);
});
