import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScanEvent } from '../../models/contract/events/scan.ts';
import { ProcessorsRun } from './processors-run.ts';

const MINUTE = 60_000;
const now = new Date();
const shipped_ms = now.getTime() - 3 * 86_400_000;

let run: ProcessorsRun;
beforeAll(async () => {
  run = await ProcessorsRun.overChannel('clocks', now, ['conflicts', 'code-journeys']);
}, 300_000);
afterAll(() => run.drop());

/** Scans of one case around its shipment to D1: minutes after it, who and what. */
function scansOf(
  code: string,
  around: readonly (readonly [number, string, ScanEvent['biz_step']])[],
): ScanEvent[] {
  const shipping = [0, 'HQ', 'shipping'] as const;
  return [shipping, ...around].map(([minutes, dealer_id, biz_step], i) => ({
    ...{
      event_id: `${code}-${i}`,
      source: 'wms',
      event_time: new Date(shipped_ms + minutes * MINUTE).toISOString(),
    },
    ...{ dealer_id, code, level: 'case', biz_step, sku_id: 'S1', lot: 'L' },
    ...(biz_step === 'shipping' && { to_dealer_id: 'D1' }),
  }));
}

test('what is received by a clock that is some minutes behind the shipment was seen; what others scanned before it was not', async () => {
  await run.take('scan', [
    ...scansOf('BEHIND', [[-6, 'D1', 'receiving']]),
    ...scansOf('LONG-BEFORE', [[-20, 'D1', 'receiving']]),
    ...scansOf('BY-ANOTHER', [[-6, 'D2', 'inspecting']]),
    ...scansOf('AFTER', [
      [-6, 'D2', 'inspecting'],
      [600, 'D1', 'receiving'],
    ]),
  ]);
  const rows = await run.sql.query(`
    SELECT code, dateDiff('minute', shipped_at[1], next_seen_at[1]) AS next_after, dateDiff('minute', shipped_at[1], seen_at) AS seen_after
    FROM mart_code_journeys ORDER BY code`);
  expect(rows).toEqual([
    { code: 'AFTER', next_after: 600, seen_after: 600 },
    { code: 'BEHIND', next_after: -6, seen_after: -6 },
    { code: 'BY-ANOTHER', next_after: null, seen_after: null },
    { code: 'LONG-BEFORE', next_after: null, seen_after: null },
  ]);
}, 180_000);
