import { describe, expect, test } from 'vitest';
import { hour, scanAt, trailOf, unshippedAt } from '../some-trail.ts';
import type { Trail, TrailScan } from '../trail.ts';
import { wrongReceiver } from './wrong-receiver.ts';

const judge = (scan: TrailScan, fields: Partial<Trail> = {}) =>
  wrongReceiver.judge(trailOf([scan], { level: 'case', ...fields }), 0);

describe('wrong receiver', () => {
  test('a receipt at another dealer than the shipment names speaks against the named one', () => {
    expect(judge(scanAt(24, { dealer_id: 'D2' }))).toMatchObject([
      { kind: 'wrong_receiver', origin_dealer_id: 'D1', log_odds: Math.log(200) },
    ]);
  });

  test('at the named dealer, at the manufacturer, unshipped, or with an approved transfer it says nothing', () => {
    expect(judge(scanAt(24))).toEqual([]);
    expect(judge(scanAt(24, { dealer_id: 'HQ' }))).toEqual([]);
    expect(judge(unshippedAt(24, { dealer_id: 'D2' }))).toEqual([]);
    expect(judge(scanAt(24, { dealer_id: 'D2', is_authorised: true }))).toEqual([]);
    expect(judge(scanAt(24, { dealer_id: 'D2', biz_step: 'retail_selling' }))).toEqual([]);
  });

  test('a shipment to the receiver minutes after the receipt was told by another clock', () => {
    const shipments = [
      { at: hour(0), to_dealer_id: 'D1', is_container: false, is_supply: true },
      { at: hour(24.1), to_dealer_id: 'D2', is_container: false, is_supply: true },
    ];
    expect(judge(scanAt(24, { dealer_id: 'D2' }), { shipments })).toEqual([]);
    expect(judge(scanAt(20, { dealer_id: 'D2' }), { shipments })).toHaveLength(1);
    const unsupplied = shipments.map((one) => ({ ...one, is_supply: false }));
    expect(judge(scanAt(24, { dealer_id: 'D2' }), { shipments: unsupplied })).toHaveLength(1);
  });

  test('within one line of supply it says little, least of whom the named dealer supplies', () => {
    expect(judge(scanAt(24, { dealer_id: 'D2', dealer_parent_id: 'D1' }))).toMatchObject([
      { log_odds: Math.log(1.5) },
    ]);
    expect(judge(scanAt(24, { dealer_id: 'D2', origin_parent_id: 'D2' }))).toMatchObject([
      { log_odds: Math.log(3) },
    ]);
  });
});
