import { describe, expect, test } from 'vitest';
import { consumerAt, hour, ms, scanAt, trailOf, unshippedAt } from '../some-trail.ts';
import type { Trail, TrailScan } from '../trail.ts';
import { scanOrder } from './scan-order.ts';

const judge = (scans: TrailScan[], watermark_h: number, fields: Partial<Trail> = {}) =>
  scanOrder.judge(trailOf(scans, fields), ms(watermark_h));

describe('scan order', () => {
  const early = unshippedAt(-48, { biz_step: 'consumer_scan', dealer_id: '' });

  test('a scan before the shipment waits for the watermark, then speaks against the dealer shipped to', () => {
    expect(judge([early], -47)).toEqual([{ due_ms: ms(-42) }]);
    expect(judge([early], -41)).toMatchObject([{ kind: 'scan_order', origin_dealer_id: 'D1' }]);
  });

  test('a shipment that comes late explains it', () => {
    const shipments = [
      { at: hour(-60), to_dealer_id: 'D1', is_container: true, is_supply: true },
      { at: hour(0), to_dealer_id: 'D1', is_container: true, is_supply: true },
    ];
    const explained = scanAt(-48, { biz_step: 'consumer_scan', dealer_id: '', shipped_at: hour(-60) });
    expect(judge([explained], 100, { shipments })).toEqual([]);
    expect(judge([unshippedAt(-0.5)], 100)).toEqual([]);
  });

  test('never shipped is told of a code that was packed, three days later; of an unknown code nothing', () => {
    const packed = unshippedAt(-90, { biz_step: 'packing', dealer_id: 'HQ' });
    const seen = unshippedAt(-48);
    expect(judge([packed, seen], -47, { shipments: [] })).toEqual([{ due_ms: ms(24) }]);
    expect(judge([packed, seen], 25, { shipments: [] })).toMatchObject([{ origin_dealer_id: 'D1' }]);
    expect(judge([seen], 25, { shipments: [] })).toEqual([]);
  });

  test('a dealer that has a unit after it was sold, unless it went back or is read twice', () => {
    const sale = scanAt(10, { biz_step: 'retail_selling' });
    const elsewhere = judge([sale, scanAt(40, { dealer_id: 'D2' })], 99);
    expect(elsewhere).toMatchObject([{ origin_dealer_id: 'D1', log_odds: Math.log(200) }]);
    const own = judge([sale, scanAt(40, { biz_step: 'stock_taking' })], 99);
    expect(own).toMatchObject([{ log_odds: Math.log(4) }]);
    expect(judge([sale, scanAt(10.2, { biz_step: 'retail_selling' })], 99)).toEqual([]);
    expect(judge([sale, scanAt(20, { biz_step: 'returning' }), scanAt(40, { dealer_id: 'D2' })], 99)).toEqual(
      [],
    );
    expect(judge([sale, consumerAt(40)], 99)).toEqual([]);
  });

  test("the manufacturer's warehouse has it back, its inspector only looks", () => {
    const sale = scanAt(10, { biz_step: 'retail_selling' });
    const of_hq = (biz_step: TrailScan['biz_step']) => scanAt(20, { biz_step, dealer_id: 'HQ' });
    expect(judge([sale, of_hq('stock_taking'), scanAt(40, { dealer_id: 'D2' })], 99)).toEqual([]);
    expect(judge([sale, of_hq('inspecting'), scanAt(40, { dealer_id: 'D2' })], 99)).toMatchObject([
      { scan: { dealer_id: 'D2' } },
    ]);
  });

  test('what the manufacturer ships again without having had it back says less than goods that another dealer has, and more than nothing', () => {
    const sale = scanAt(10, { biz_step: 'retail_selling' });
    const again = scanAt(20, { biz_step: 'shipping', dealer_id: 'HQ' });
    const received = scanAt(40, { dealer_id: 'D2', origin_dealer_id: 'D2' });
    expect(judge([sale, again], 99)).toEqual([]);
    expect(judge([sale, again, received], 99)).toMatchObject([
      { origin_dealer_id: 'D1', log_odds: Math.log(60) },
    ]);
    const back = scanAt(15, { biz_step: 'receiving', dealer_id: 'HQ' });
    expect(judge([sale, back, again, received], 99)).toEqual([]);
  });

  test('it waits for the watermark too: a return may be told late', () => {
    const sale = scanAt(10, { biz_step: 'retail_selling' });
    const again = scanAt(40, { dealer_id: 'D2' });
    expect(judge([sale, again], 41)).toEqual([{ due_ms: ms(46) }]);
    expect(judge([sale, scanAt(39, { biz_step: 'returning' }), again], 41)).toEqual([]);
    expect(judge([sale, again], 46)).toMatchObject([{ kind: 'scan_order' }]);
  });
});
