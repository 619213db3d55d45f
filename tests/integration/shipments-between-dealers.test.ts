import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanEvent } from '../../models/contract/events/scan.ts';
import { DEALERS, UNITS_PER_CASE } from './processors-channel.ts';
import { JUDGING_CODES, ProcessorsRun } from './processors-run.ts';

const HOUR = 3_600_000;
const now = new Date();
const at = (hours: number): string => new Date(now.getTime() - hours * HOUR).toISOString();

let run: ProcessorsRun;

/** A case that is shipped to D1, which ships it on to D2, where it is received. */
const shippedOn = (sku_id: string): ScanEvent[] => {
  const [, away] = DEALERS;
  const scan = (biz_step: ScanEvent['biz_step'], hours: number, fields: Partial<ScanEvent>): ScanEvent => ({
    ...{ event_id: `${sku_id}-${biz_step}-${hours}`, source: 'wms', event_time: at(hours), dealer_id: 'HQ' },
    ...{ code: `BOX-${sku_id}`, level: 'case', biz_step, sku_id, lot: `LOT-${sku_id}` },
    ...fields,
  });
  const place = { lon: away.lon, lat: away.lat, accuracy_m: 20 };
  return [
    scan('shipping', 80, { to_dealer_id: 'D1' }),
    scan('receiving', 70, { dealer_id: 'D1' }),
    scan('shipping', 60, { dealer_id: 'D1', to_dealer_id: 'D2' }),
    scan('receiving', 50, { dealer_id: 'D2', ...place }),
  ];
};

describe('goods that a dealer ships to another', () => {
  const about = (sku: string) => run.alerts().filter(({ sku_id }) => sku_id === sku);
  const take = (scans: readonly ScanEvent[]): Promise<void> => run.take('scan', scans);

  beforeAll(async () => {
    run = await ProcessorsRun.overChannel('between', now, JUDGING_CODES);
  }, 300_000);
  afterAll(() => run.drop());

  test('of another territory, which it does not supply, were diverted', async () => {
    await take(shippedOn('S1'));
    expect(about('S1')).toMatchObject([
      {
        kinds: ['out_of_territory', 'wrong_receiver'],
        origin_dealer_id: 'D1',
        found_dealer_id: 'D2',
        units: UNITS_PER_CASE,
      },
    ]);
  }, 180_000);

  test('under an approved transfer were not', async () => {
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
      { ...decision, decision: 'accepted', qty: 8, decided_at: at(90) },
    ]);
    await take(shippedOn('S3'));
    expect(about('S3')).toEqual([]);
  }, 180_000);

  test('that buys from it were supplied: also where that is said later', async () => {
    const [, d2] = DEALERS;
    await run.deliver('dealer', [
      {
        ...{ event_id: 'd2-child', source: 'mdm', event_time: at(1), valid_from: at(300) },
        ...{ ...d2, parent_dealer_id: 'D1', tier: 2, status: 'active' },
      },
    ]);
    await take(shippedOn('S2'));
    expect(about('S2')).toEqual([]);
    expect(about('S1')).toEqual([]);
  }, 180_000);

  test('are no secret of the two, nor are those under an approved transfer that nobody has shipped', async () => {
    await run.sql.insertRows('raw_mart_transfers', [
      {
        ...{ suggestion_id: 'tr:D3:D1:S1:w', cycle: 'w', from_dealer_id: 'D3', to_dealer_id: 'D1' },
        ...{ sku_id: 'S1', qty: 4, gain: '1.00', cost: '1.00', currency: 'CNY', distance_km: 1 },
        ...{ surplus: 4, shortage: 4, forecast_version: 'f', created_at: at(100), version: 1 },
      },
    ]);
    const openly = (days_ago: number): Promise<unknown[]> =>
      run.sql.queryFile('queries/processors/habit-sent.sql', {
        params: { time_zone: 'Asia/Shanghai', since: at(days_ago * 24).slice(0, 10) },
      });
    const sent = ['S1', 'S2', 'S3'].map((sku_id) => ({
      ...{ from_dealer_id: 'D1', to_dealer_id: 'D2', sku_id },
    }));
    expect(await openly(30)).toEqual(sent);
    await run.sql.insertRows('raw_mart_suggestion_decisions', [
      {
        ...{ suggestion_id: 'tr:D3:D1:S1:w', reason: '', decided_by: 'w', decision: 'accepted', qty: 4 },
        decided_at: at(90),
      },
    ]);
    expect(await openly(30)).toEqual([...sent, { from_dealer_id: 'D3', to_dealer_id: 'D1', sku_id: 'S1' }]);
    expect(await openly(0)).not.toContainEqual(sent[0]);
  }, 180_000);
});
