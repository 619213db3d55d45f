import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScanEvent } from '../../models/contract/events/scan.ts';
import { DEALERS } from './processors-channel.ts';
import { JUDGING_CODES, ProcessorsRun } from './processors-run.ts';

const HOUR = 3_600_000;
const now = new Date();
let events = 0;
/** No scan says a lot unless it is asked to. */
const scan = (
  code: string,
  biz_step: ScanEvent['biz_step'],
  hours: number,
  fields: Partial<ScanEvent> = {},
): ScanEvent => ({
  ...{ event_id: `lot-${(events += 1)}`, source: 'wms', dealer_id: 'HQ', code, biz_step, sku_id: 'S1' },
  ...{ level: code.startsWith('BOX') ? 'case' : 'unit', ...fields },
  event_time: new Date(now.getTime() - hours * HOUR).toISOString(),
});

let run: ProcessorsRun;

beforeAll(async () => {
  run = await ProcessorsRun.overChannel('lots', now, JUDGING_CODES);
}, 300_000);
afterAll(() => run.drop());

test('goods of one lot are one case, whichever scan says the lot: of the code, its container, its contents or in the code', async () => {
  const [, { lon, lat, dealer_id }] = DEALERS;
  const away = { lon, lat, accuracy_m: 20, dealer_id };
  const told = { lot: 'LOT-1' };
  const link = 'https://id.example.cn/01/09506000134352/10/LOT-1/21/A7';
  const take = async (scans: readonly ScanEvent[]): Promise<(readonly [string | undefined, number])[]> => {
    await run.take('scan', scans);
    return run.alerts().map(({ lot, codes }) => [lot, codes.length]);
  };
  const first = await take([
    // Its packing says it.
    scan('U-OWN', 'packing', 100, told),
    scan('U-OWN', 'shipping', 90, { to_dealer_id: 'D1' }),
    scan('U-OWN', 'retail_selling', 50, away),
    // Its container says it.
    scan('U-BOXED', 'packing', 100, { parent_code: 'BOX-1' }),
    scan('BOX-1', 'shipping', 90, { to_dealer_id: 'D1', ...told }),
    scan('U-BOXED', 'retail_selling', 50, away),
    // Its contents say it.
    scan('U-INSIDE', 'packing', 100, { parent_code: 'BOX-2', ...told }),
    scan('BOX-2', 'shipping', 90, { to_dealer_id: 'D1' }),
    scan('BOX-2', 'receiving', 50, away),
    // It says so itself.
    scan(link, 'shipping', 90, { to_dealer_id: 'D1' }),
    scan(link, 'retail_selling', 50, away),
  ]);
  expect(first).toEqual([['LOT-1', 4]]);
  // Of these nobody knows at first.
  const unknown = await take([
    scan('U-LATE', 'packing', 100, { parent_code: 'BOX-3' }),
    scan('BOX-3', 'shipping', 90, { to_dealer_id: 'D1' }),
    scan('U-LATE', 'retail_selling', 50, away),
  ]);
  expect(new Map(unknown)).toEqual(
    new Map([
      ['LOT-1', 4],
      [undefined, 1],
    ]),
  );
  expect(await take([scan('BOX-3', 'inspecting', 80, told)])).toEqual([['LOT-1', 5]]);
}, 240_000);
