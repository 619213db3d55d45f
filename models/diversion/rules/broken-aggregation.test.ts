import { describe, expect, test } from 'vitest';
import { boxAt, hour, scanAt, trailOf, unshippedAt } from '../some-trail.ts';
import type { Trail, TrailScan } from '../trail.ts';
import { brokenAggregation } from './broken-aggregation.ts';

const judge = (scans: TrailScan[], fields: Partial<Trail> = {}) =>
  brokenAggregation.judge(trailOf(scans, fields), 0);
const packed = unshippedAt(-5, { biz_step: 'packing', dealer_id: 'HQ', parent_code: 'CASE-1' });

describe('broken aggregation', () => {
  test('a unit that turns up in a second case without having been unpacked', () => {
    const second = scanAt(30, { parent_code: 'CASE-2' });
    expect(judge([packed, second])).toMatchObject([
      { scan: second, origin_dealer_id: 'D1', log_odds: Math.log(200) },
    ]);
    expect(judge([packed, scanAt(30, { parent_code: 'CASE-1' })])).toEqual([]);
  });

  test('a case that was unpacked and labelled anew is whole', () => {
    const unpacked = scanAt(20, { biz_step: 'unpacking', parent_code: 'CASE-1' });
    expect(judge([packed, unpacked, scanAt(30, { biz_step: 'packing', parent_code: 'CASE-2' })])).toEqual([]);
  });

  test('a unit that is taken out of another case than it was packed into', () => {
    const unpacked = scanAt(20, { biz_step: 'unpacking', parent_code: 'CASE-2' });
    expect(judge([packed, unpacked])).toMatchObject([{ scan: unpacked, log_odds: Math.log(200) }]);
    expect(judge([packed, scanAt(20, { biz_step: 'returning', parent_code: 'BOX' })])).toEqual([]);
  });

  test('a case that was unpacked as such, of which no unit was scanned, and packed anew is whole', () => {
    const anew = scanAt(30, { biz_step: 'packing', parent_code: 'CASE-2' });
    const unpackings = (hours: number, container = 'CASE-1') => ({
      box_scans: [boxAt(hours, 'unpacking', 'HQ', { container })],
    });
    expect(judge([packed, anew], unpackings(29.9))).toEqual([]);
    expect(judge([packed, anew], unpackings(40))).toHaveLength(1);
    expect(judge([packed, anew], unpackings(20, 'CASE-9'))).toHaveLength(1);
  });

  test('cases that a dealer which was supplied them puts on another pallet say nothing, those of another dealer do', () => {
    const on_pallet = unshippedAt(-5, { biz_step: 'packing', dealer_id: 'HQ', parent_code: 'PALLET-1' });
    const anew = (fields: Partial<TrailScan> = {}) =>
      scanAt(30, { biz_step: 'packing', parent_code: 'PALLET-2', ...fields });
    const received = scanAt(60, { dealer_id: 'D2', parent_code: 'PALLET-2' });
    expect(judge([on_pallet, anew(), received], { level: 'case' })).toEqual([]);
    expect(judge([on_pallet, anew({ dealer_id: 'D2' })], { level: 'case' })).toHaveLength(1);
    expect(judge([on_pallet, anew()])).toHaveLength(1);
    expect(
      judge([on_pallet, anew(), scanAt(60, { parent_code: 'PALLET-9' })], { level: 'case' }),
    ).toHaveLength(1);
  });

  test('a packing line that corrects itself before the shipment says little', () => {
    const again = unshippedAt(-4, { biz_step: 'packing', dealer_id: 'HQ', parent_code: 'CASE-2' });
    expect(judge([packed, again])).toMatchObject([{ log_odds: Math.log(2) }]);
  });

  test('a case that is shipped on as whole after one of its units was sold', () => {
    const sale = scanAt(30, { biz_step: 'retail_selling' });
    const shipped = (hours: number) => ({
      at: hour(hours),
      to_dealer_id: 'D2',
      is_container: true,
      is_supply: true,
    });
    expect(judge([packed, sale], { shipments: [shipped(0), shipped(60)] })).toMatchObject([{ scan: sale }]);
    expect(judge([packed, sale], { shipments: [shipped(0), shipped(20)] })).toEqual([]);
  });

  test('a unit that was sold, came back and was packed anew is shipped in its new case', () => {
    const sale = scanAt(30, { biz_step: 'retail_selling' });
    const shipment = { at: hour(60), to_dealer_id: 'D2', is_container: true, is_supply: true };
    const back = scanAt(40, { biz_step: 'returning' });
    const anew = scanAt(50, { biz_step: 'packing', dealer_id: 'HQ', parent_code: 'CASE-2' });
    const shipped_before = { ...shipment, at: hour(35) };
    expect(judge([packed, sale, back, anew], { shipments: [shipment] })).toEqual([]);
    expect(judge([packed, sale, back], { shipments: [shipped_before] })).toHaveLength(1);
  });
});
