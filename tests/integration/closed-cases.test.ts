import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanEvent } from '../../models/contract/events/scan.ts';
import { JUDGING_CODES, ProcessorsRun } from './processors-run.ts';

const HOUR = 3_600_000;
const now = new Date();
const at = (hours: number): string => new Date(now.getTime() - hours * HOUR).toISOString();
const UNITS = [1, 2, 3];

let run: ProcessorsRun;

type Fields = Partial<ScanEvent>;
const scan = (lot: string, code: string, hours: number, fields: Fields): ScanEvent => ({
  ...{ event_id: `${code}-${hours}`, source: 'wms', event_time: at(hours), dealer_id: 'HQ' },
  ...{ code, level: 'case', biz_step: 'shipping', sku_id: 'S1', lot },
  ...fields,
});
const box = (lot: string, hours: number, biz_step: ScanEvent['biz_step'], fields: Fields = {}): ScanEvent =>
  scan(lot, `BOX-${lot}`, hours, { biz_step, dealer_id: 'D1', ...fields });
const units = (lot: string, hours: number, fields: Fields): ScanEvent[] =>
  UNITS.map((n) => scan(lot, `BOX-${lot}-U${n}`, hours - n / 10, { level: 'unit', ...fields }));
/** A case that D1 received, of which D2 sells units at a place within D1's territory. */
const sold = (lot: string): ScanEvent[] => [
  ...units(lot, 200, { biz_step: 'packing', parent_code: `BOX-${lot}` }),
  box(lot, 190, 'shipping', { dealer_id: 'HQ', to_dealer_id: 'D1' }),
  box(lot, 180, 'receiving'),
  ...units(lot, 100, { biz_step: 'retail_selling', dealer_id: 'D2', lon: 120.2, lat: 30.3, accuracy_m: 20 }),
];

describe('a case that stands closed at one dealer while another sells what is in it', () => {
  const about = (lot: string) => run.alerts().filter((one) => one.lot === lot);
  const take = (scans: readonly ScanEvent[]): Promise<void> => run.take('scan', scans);

  beforeAll(async () => {
    run = await ProcessorsRun.overChannel('closed', now, JUDGING_CODES);
  }, 300_000);
  afterAll(() => run.drop());

  test('is told when it is counted again, and withdrawn when an unpacking comes late', async () => {
    await take(sold('LOT-C'));
    expect(about('LOT-C')).toEqual([]);
    // A count of the case alone: nothing new is said of the units.
    await take([box('LOT-C', 60, 'stock_taking'), scan('LOT-Z', 'BOX-Z', 1, { to_dealer_id: 'D3' })]);
    expect(about('LOT-C')).toMatchObject([
      { kinds: ['broken_aggregation'], origin_dealer_id: 'D1', found_dealer_id: 'D2', units: UNITS.length },
    ]);
    await take([box('LOT-C', 120, 'unpacking')]);
    expect(about('LOT-C')).toEqual([]);
  }, 180_000);

  test('is told of a case that is received after what was in it was sold elsewhere', async () => {
    await take([...sold('LOT-R').filter(({ biz_step }) => biz_step !== 'receiving')]);
    await take([box('LOT-R', 60, 'receiving')]);
    expect(about('LOT-R')).toMatchObject([{ kinds: ['broken_aggregation'], codes: { length: 3 } }]);
  }, 180_000);

  test('and is none where its holder sells from it, counting it on', async () => {
    const own = sold('LOT-O').map((one) =>
      one.biz_step === 'retail_selling' ? { ...one, dealer_id: 'D1' } : one,
    );
    await take([...own, box('LOT-O', 60, 'stock_taking')]);
    expect(about('LOT-O')).toEqual([]);
  }, 180_000);

  test('made anew from nothing the signals are the same', async () => {
    const [rebuilt] = await run.rebuild('diversion-signals');
    expect(rebuilt?.rows).toBe(UNITS.length);
    expect(rebuilt?.hash_after).toBe(rebuilt?.hash_before);
  }, 180_000);
});
