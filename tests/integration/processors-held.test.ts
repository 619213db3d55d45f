import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UNITS_PER_CASE } from './processors-channel.ts';
import { JUDGING_CODES, ProcessorsRun } from './processors-run.ts';

const HOUR = 3_600_000;
const now = new Date();

let run: ProcessorsRun;

/** What is no case yet, or none after all: late feeds, approved transfers. */
describe('diversion is not told', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.overChannel('held', now, JUDGING_CODES);
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
    const raised = () => run.alerts().filter(({ lot }) => lot === 'LOT-W');
    const other = { ...shipped, code: 'UNIT-X', lot: 'LOT-X' };
    await run.take('scan', [
      ...[scan('w0', 'late', 60, other), scan('w1', 'app', 20, consumer), scan('w2', 'wms', 1, shipped)],
    ]);
    // The feed `late` has told of shipments, and of nothing for two days and a half.
    expect(raised()).toEqual([]);
    await run.take('scan', [scan('w3', 'late', 2, other)]);
    expect(raised()).toMatchObject([{ kinds: ['scan_order'], origin_dealer_id: 'D1' }]);
    await run.take('scan', [scan('w4', 'late', 21, shipped)]);
    expect(raised()).toEqual([]);
  }, 180_000);

  test('an approved transfer authorises what was received under it in the new territory, up to its quantity', async () => {
    const at = (hours: number): string => new Date(now.getTime() - hours * HOUR).toISOString();
    const moved = { source: 'wms', sku_id: 'S3', lot: 'LOT-T' };
    const guangzhou = { lon: 113.27, lat: 23.13, accuracy_m: 20 };
    const unit = (n: number) => ({ ...moved, code: `MOVED-1-U${n}`, level: 'unit' });
    const box = (n: number, hours: number, fields: object) => ({
      ...{ ...moved, code: `MOVED-${n}`, level: 'case', event_time: at(hours), event_id: `t-${n}-${hours}` },
      ...fields,
    });
    await run.sql.insertRows('raw_mart_transfers', [
      {
        ...{
          suggestion_id: 'tr:D1:D2:S3:w',
          cycle: 'w',
          from_dealer_id: 'D1',
          to_dealer_id: 'D2',
          sku_id: 'S3',
        },
        ...{ qty: 8, gain: '1.00', cost: '1.00', currency: 'CNY', distance_km: 1, surplus: 8, shortage: 8 },
        ...{ forecast_version: 'f', created_at: at(100), version: 1 },
      },
    ]);
    const decision = { suggestion_id: 'tr:D1:D2:S3:w', reason: '', decided_by: 'w' };
    await run.sql.insertRows('raw_mart_suggestion_decisions', [
      { ...decision, decision: 'edited', qty: UNITS_PER_CASE, reason: 'one case', decided_at: at(90) },
    ]);
    const about = () => run.alerts().filter(({ lot }) => lot === 'LOT-T');
    await run.take('scan', [
      ...[0, 1, 2, 3].map((n) => ({
        ...{ ...unit(n), event_id: `t-p${n}`, event_time: at(120), dealer_id: 'HQ' },
        ...{ biz_step: 'packing', parent_code: 'MOVED-1' },
      })),
      ...[1, 2].map((n) => box(n, 110, { dealer_id: 'HQ', biz_step: 'shipping', to_dealer_id: 'D1' })),
      // What consumers scan is known before the receipt that explains it.
      ...[0, 1, 2].map((n) => ({
        ...{
          ...unit(n),
          event_id: `t-c${n}`,
          event_time: at(50 - n),
          dealer_id: '',
          session_id: `session ${n}`,
        },
        ...{ biz_step: 'consumer_scan', ...guangzhou },
      })),
    ]);
    expect(about()).toMatchObject([{ kinds: ['out_of_territory'], units: 3 }]);
    const received = { dealer_id: 'D2', biz_step: 'receiving', ...guangzhou };
    await run.take('scan', [box(1, 80, received)]);
    expect(about()).toEqual([]);
    // A second case is more than was decided.
    await run.take('scan', [box(2, 70, received)]);
    expect(about()).toMatchObject([
      { kinds: ['out_of_territory', 'wrong_receiver'], codes: ['MOVED-2'], units: UNITS_PER_CASE },
    ]);
    const second = { kinds: ['out_of_territory', 'wrong_receiver'], codes: ['MOVED-2'] };
    // With another decision it is not, as soon as anything is scanned anywhere; and is again when that is taken back.
    const decide = async (qty: number): Promise<void> => {
      const decided_at = new Date().toISOString();
      const anew = { ...decision, decision: 'edited', reason: 'anew', qty, decided_at };
      await run.sql.insertRows('raw_mart_suggestion_decisions', [anew]);
      const elsewhere = { source: 'wms', code: `UNIT-${qty}`, level: 'unit', sku_id: 'S2', dealer_id: 'HQ' };
      const shipped = { biz_step: 'shipping', to_dealer_id: 'D1', event_time: at(1) };
      await run.take('scan', [{ ...elsewhere, ...shipped, event_id: `t-else-${qty}` }]);
    };
    await decide(2 * UNITS_PER_CASE);
    expect(about()).toEqual([]);
    await decide(UNITS_PER_CASE);
    expect(about()).toMatchObject([second]);
  }, 180_000);

  test('made anew from nothing the signals are the same', async () => {
    const [rebuilt] = await run.rebuild('diversion-signals');
    expect(rebuilt?.rows).toBeGreaterThan(0);
    expect(rebuilt?.hash_after).toBe(rebuilt?.hash_before);
  }, 180_000);
});
