import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshness } from '../../processors/figures/freshness.ts';
import { identities } from '../../processors/checks/identities.ts';
import type { ProcessorLoop } from '../../processors/loop/loop.ts';
import { CHECKS } from '../../sql/checks.ts';
import { ProcessorsRun } from './processors-run.ts';

/** The identities as a processor asks them, in turn. */
let run: ProcessorsRun;
let loop: ProcessorLoop;
const stock = (location_id: string) => ({
  event_id: location_id,
  source: 'wms',
  event_time: '2026-03-01T00:00:00.000Z',
  dealer_id: 'D1',
  location_id,
  sku_id: 'S1',
  on_hand: 1,
  in_transit: 0,
  committed: 0,
  unit_cost: '1.00',
  currency: 'CNY',
});
const askAll = async (): Promise<void> => {
  for (let asked = 0; asked < CHECKS.length; asked += 1) await loop.pass('all');
};
const states = (where: string) =>
  run.sql.query<Record<string, unknown>>(
    `SELECT identity, state, violations, example, reason FROM mart_checks WHERE ${where} ORDER BY identity`,
  );

beforeAll(async () => {
  run = await ProcessorsRun.create(new Date());
  await run.deliver('stock', [stock('L1'), stock('L2')]);
  loop = await run.restart([identities, freshness]);
}, 120_000);
afterAll(() => run.drop());

test('each is asked in its turn, and holds', async () => {
  await askAll();
  expect(await states(`state != 'holds'`)).toEqual([]);
  expect(await states(`state = 'holds'`)).toHaveLength(CHECKS.length);
  expect(run.board.get('freshness')?.has('|dead_letters')).toBe(true);
  expect(run.board.get('freshness')?.has('|identities')).toBe(false);
});

test('one that is broken is told with the row that breaks it, and one that cannot be asked with the reason; nothing fails', async () => {
  await run.sql.command(
    `ALTER TABLE raw_stock_by_key DELETE WHERE event_id = 'L2' SETTINGS mutations_sync = 2`,
  );
  await run.sql.command('RENAME TABLE raw_scans_by_key TO raw_scans_away');
  await askAll();
  const broken = { state: 'broken', violations: 1, reason: '' };
  const found = await states(`event_type = 'stock' AND state != 'holds'`);
  expect(found).toMatchObject([
    { ...broken, identity: 'core-has-each-event-once' },
    { ...broken, identity: 'reading-order-is-whole' },
  ]);
  for (const { example } of found)
    expect(JSON.parse(String(example))).toMatchObject({ source: 'wms', event_id: 'L2' });
  const unasked = { state: 'unasked', reason: 'UNKNOWN_TABLE' };
  expect(await states(`event_type = 'scan' AND state != 'holds'`)).toMatchObject([
    { ...unasked, identity: 'core-has-each-event-once' },
    { ...unasked, identity: 'reading-order-is-whole' },
  ]);
  expect(await states(`event_type NOT IN ('stock', 'scan') AND state != 'holds'`)).toEqual([]);
  expect(run.board.get('freshness')?.get('|identities')).toMatchObject({
    state: 'stale',
    broken: ['core-has-each-event-once', 'reading-order-is-whole'],
  });
  expect(loop.readiness()).toEqual({ ready: true });
});
