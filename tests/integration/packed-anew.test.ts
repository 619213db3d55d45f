import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanEvent } from '../../models/contract/events/scan.ts';
import { JUDGING_CODES, ProcessorsRun } from './processors-run.ts';

const HOUR = 3_600_000;
const now = new Date();
const at = (hours: number): string => new Date(now.getTime() - hours * HOUR).toISOString();

let run: ProcessorsRun;
let count = 0;

type Fields = Partial<ScanEvent> & { readonly code: string; readonly biz_step: ScanEvent['biz_step'] };
const scan = (lot: string, hours: number, fields: Fields): ScanEvent => ({
  ...{ event_id: `pa${(count += 1)}`, source: 'wms', event_time: at(hours), dealer_id: 'HQ', level: 'unit' },
  ...{ sku_id: 'S1', lot },
  ...fields,
});
const UNITS = [1, 2, 3];
const unit = (lot: string, one: number): string => `${lot}-U${one}`;

/** Units in a case, on a pallet that is shipped to D1 and received there. */
const delivered = (lot: string): ScanEvent[] => [
  ...UNITS.map((one) =>
    scan(lot, 210, { code: unit(lot, one), biz_step: 'packing', parent_code: `${lot}-CASE` }),
  ),
  scan(lot, 205, {
    ...{ code: `${lot}-CASE`, level: 'case', biz_step: 'packing', parent_code: `${lot}-PALLET` },
  }),
  scan(lot, 200, { code: `${lot}-PALLET`, level: 'pallet', biz_step: 'shipping', to_dealer_id: 'D1' }),
  scan(lot, 180, { code: `${lot}-PALLET`, level: 'pallet', biz_step: 'receiving', dealer_id: 'D1' }),
];
const about = (lot: string) => run.alerts().filter((one) => one.lot === lot);

describe('goods that came on a pallet and were packed anew', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.overChannel('packed_anew', now, JUDGING_CODES);
  }, 300_000);
  afterAll(() => run.drop());

  test('units that their dealer unpacked, put into another case and sold had been shipped', async () => {
    const step = (hours: number, biz_step: ScanEvent['biz_step'], parent_code?: string) =>
      UNITS.map((one) =>
        scan('ANEW', hours, {
          ...{ code: unit('ANEW', one), biz_step, dealer_id: 'D1' },
          ...(parent_code === undefined ? {} : { parent_code }),
        }),
      );
    await run.take('scan', [
      ...delivered('ANEW'),
      ...step(170, 'unpacking', 'ANEW-CASE'),
      ...step(169, 'packing', 'ANEW-CASE-2'),
      ...step(160, 'retail_selling'),
      // What the watermark has come to.
      scan('LATER', 1, { code: 'LATER', level: 'case', biz_step: 'shipping', to_dealer_id: 'D1' }),
    ]);
    expect(about('ANEW')).toEqual([]);
  }, 180_000);

  test('units of a case that was put on another pallet had been shipped on the first', async () => {
    const moved = { code: 'MOVED-CASE', level: 'case', dealer_id: 'D1' } as const;
    await run.take('scan', [
      ...delivered('MOVED'),
      ...UNITS.map((one) =>
        scan('MOVED', 175, { code: unit('MOVED', one), biz_step: 'stock_taking', dealer_id: 'D1' }),
      ),
      scan('MOVED', 170, { ...moved, biz_step: 'packing', parent_code: 'MOVED-PALLET-2' }),
    ]);
    expect(about('MOVED')).toEqual([]);
  }, 180_000);
});
