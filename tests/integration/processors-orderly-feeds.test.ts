import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JUDGING_CODES, ProcessorsRun } from './processors-run.ts';

const MINUTE = 60_000;
const now = new Date();
/** Enough in each of the ledger's partitions to tell whether a feed keeps order. */
const SCANS = 200;

let run: ProcessorsRun;

const ago = (minutes: number): string => new Date(now.getTime() - minutes * MINUTE).toISOString();
const shipped = { dealer_id: 'HQ', level: 'unit', biz_step: 'shipping', to_dealer_id: 'D1', sku_id: 'S2' };

/** Shipments of other units, one every ten minutes until `until` minutes ago. */
function shipments(source: string, until: number): object[] {
  return Array.from({ length: SCANS }, (_, n) => ({
    ...{ ...shipped, source, event_id: `${source}-${n}`, code: `UNIT-${source}-${n}` },
    event_time: ago(until + (SCANS - n) * 10),
  }));
}

/** A unit that a consumer scanned more than an hour before it was shipped, and the warehouse's next shipment. */
function early(lot: string, source: string): object[] {
  const unit = { code: `UNIT-${lot}`, level: 'unit', sku_id: 'S2', lot };
  return [
    {
      ...{ ...unit, event_id: `c-${lot}`, source: 'app', event_time: ago(100), dealer_id: '' },
      ...{ biz_step: 'consumer_scan', lon: 120.16, lat: 30.27 },
    },
    { ...unit, ...shipped, event_id: `s-${lot}`, source, event_time: ago(20) },
    { ...shipped, event_id: `n-${lot}`, source, event_time: ago(10), code: `UNIT-NEXT-${lot}` },
  ];
}

/** How long a scan out of order waits for what may explain it. */
describe('a feed that tells in order', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.overChannel('orderly', now, JUDGING_CODES);
  }, 300_000);
  afterAll(() => run.drop());

  const raised = (wanted: string) => run.alerts().filter(({ lot }) => lot === wanted);

  test('is not waited for once it has gone on, whatever is sent again', async () => {
    const told = shipments('wms', 30);
    await run.take('scan', [...told, ...told.slice(0, 50)]);
    await run.take('scan', early('LOT-O', 'wms'));
    expect(raised('LOT-O')).toMatchObject([{ kinds: ['scan_order'], origin_dealer_id: 'D1' }]);
  }, 180_000);

  test('that one is withdrawn when late data explain it', async () => {
    const late = { ...shipped, event_id: 'late', source: 'wms', event_time: ago(110), code: 'UNIT-LOT-O' };
    await run.take('scan', [{ ...late, lot: 'LOT-O' }]);
    expect(raised('LOT-O')).toEqual([]);
  }, 180_000);

  test('is none when it often tells late, and is waited for', async () => {
    run.moveTo(new Date(now.getTime() + 2 * MINUTE));
    await run.take('scan', shipments('erp', 30).reverse());
    await run.take('scan', early('LOT-E', 'erp'));
    expect(raised('LOT-E')).toEqual([]);
    const [order] = await run.sql.query<{ scans: string; late: string }>(
      "SELECT sum(scans) AS scans, sum(late_60m) AS late FROM raw_scan_feed_order FINAL WHERE source = 'erp'",
    );
    expect(Number(order?.late)).toBeGreaterThan(Number(order?.scans) / 2);
  }, 180_000);

  test('made anew from nothing the signals are the same', async () => {
    const [rebuilt] = await run.rebuild('diversion-signals');
    expect(rebuilt?.hash_after).toBe(rebuilt?.hash_before);
  }, 180_000);
});
