import { describe, expect, test } from 'vitest';
import { boxAt, ms, scanAt, trailOf, unshippedAt } from '../some-trail.ts';
import type { BoxScan, TrailScan } from '../trail.ts';
import { brokenAggregation } from './broken-aggregation.ts';

const packed = unshippedAt(-5, { biz_step: 'packing', dealer_id: 'HQ', parent_code: 'CASE-1' });
const shipped = boxAt(0, 'shipping', 'HQ', { to_dealer_id: 'D1' });
const received = boxAt(20, 'receiving', 'D1');
const counted = boxAt(80, 'stock_taking', 'D1');
/** A unit of what D1 has, sold at D2. */
const sold = scanAt(50, { biz_step: 'retail_selling', dealer_id: 'D2' });
const judge = (scans: TrailScan[], box_scans: BoxScan[], watermark_ms = ms(1_000)) =>
  brokenAggregation.judge(trailOf([packed, ...scans], { box_scans }), watermark_ms);

describe('what is taken out of a case that stands closed elsewhere', () => {
  test('is told once its holder has had the case before and after', () => {
    expect(judge([sold], [shipped, received, counted])).toMatchObject([
      { kind: 'broken_aggregation', scan: sold, origin_dealer_id: 'D1', log_odds: Math.log(60) },
    ]);
    expect(judge([sold], [shipped, received])).toEqual([]);
    expect(judge([sold], [counted])).toEqual([]);
  });

  test('shows up while the case is still on its way', () => {
    expect(judge([sold], [shipped, counted])).toHaveLength(1);
    const early = scanAt(10, { biz_step: 'retail_selling', dealer_id: 'D2' });
    const by_d2 = boxAt(0, 'shipping', 'D2', { to_dealer_id: 'D1' });
    // What was booked out early may still have been opened by its shipper.
    expect(judge([early], [by_d2, counted])).toEqual([]);
    expect(judge([sold], [by_d2, counted])).toHaveLength(1);
  });

  test('waits for what is late: an unpacking, a shipment', () => {
    expect(judge([sold], [shipped, received, counted], ms(85))).toEqual([{ due_ms: ms(86) }]);
    const unpacked = boxAt(40, 'unpacking', 'D1');
    expect(judge([sold], [shipped, received, unpacked, counted])).toEqual([]);
    const sent = boxAt(45, 'shipping', 'D1', { to_dealer_id: 'D2' });
    expect(judge([sold], [shipped, received, sent, counted])).toEqual([]);
  });

  test('is no wonder where the holder opened the case itself, and counts its label on', () => {
    const by_holder = scanAt(50, { biz_step: 'retail_selling' });
    expect(judge([by_holder], [shipped, received, counted])).toEqual([]);
    const opened = scanAt(30, { biz_step: 'stock_taking' });
    expect(judge([opened, sold], [shipped, received, counted])).toEqual([]);
    const sent = scanAt(40, { biz_step: 'shipping' });
    expect(judge([sent, sold], [shipped, received, counted])).toEqual([]);
    const unpacked = scanAt(40, { biz_step: 'unpacking', parent_code: 'CASE-1' });
    expect(judge([unpacked, sold], [shipped, received, counted])).toEqual([]);
  });

  test('says little where a dealer receives what its supplier passed on', () => {
    const passed_on = { biz_step: 'receiving', dealer_id: 'D2', dealer_parent_id: 'D1' } as const;
    expect(judge([scanAt(50, passed_on)], [shipped, received, counted])).toMatchObject([
      { log_odds: Math.log(1.5) },
    ]);
    const other = scanAt(50, { ...passed_on, dealer_parent_id: 'D9' });
    expect(judge([other], [shipped, received, counted])).toMatchObject([{ log_odds: Math.log(60) }]);
  });

  test('says nothing where the case went there too, or the unit came back', () => {
    const elsewhere = boxAt(60, 'stock_taking', 'D2');
    expect(judge([sold], [shipped, received, elsewhere, counted])).toEqual([]);
    const sent_late = boxAt(60, 'shipping', 'D1', { to_dealer_id: 'D2' });
    expect(judge([sold], [shipped, received, sent_late])).toEqual([]);
    const back = scanAt(60, { biz_step: 'returning', dealer_id: 'D1' });
    expect(judge([sold, back], [shipped, received, counted])).toEqual([]);
    expect(judge([{ ...sold, is_authorised: true }], [shipped, received, counted])).toEqual([]);
  });

  test('says nothing within what clocks differ', () => {
    expect(judge([sold], [shipped, received, boxAt(50.2, 'stock_taking', 'D1')])).toEqual([]);
    expect(judge([sold], [boxAt(49.9, 'receiving', 'D1'), counted])).toEqual([]);
  });
});
