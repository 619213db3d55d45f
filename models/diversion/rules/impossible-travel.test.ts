import { describe, expect, test } from 'vitest';
import { consumerAt, GUANGZHOU, HANGZHOU, hour, scanAt, trailOf } from '../some-trail.ts';
import type { TrailScan } from '../trail.ts';
import { impossibleTravel } from './impossible-travel.ts';

const judge = (...scans: TrailScan[]) => impossibleTravel.judge(trailOf(scans), 0);

describe('impossible travel', () => {
  test('1,050 km in half an hour is impossible, in two hours it is a flight', () => {
    expect(judge(scanAt(10), consumerAt(10.5, GUANGZHOU))).toHaveLength(1);
    expect(judge(scanAt(10), consumerAt(12, GUANGZHOU))).toEqual([]);
  });

  test('telephones keep time: two consumers are given two minutes, a device of a dealer five', () => {
    const far = { ...HANGZHOU, lat: HANGZHOU.lat + 3 };
    // 334 km in eighteen minutes, and in twelve.
    expect(judge(consumerAt(10), consumerAt(10.3, far))).toHaveLength(1);
    expect(judge(scanAt(10), consumerAt(10.3, far))).toEqual([]);
    expect(judge(scanAt(10, { biz_step: 'stock_taking' }), scanAt(10.3, far))).toEqual([]);
    expect(judge(scanAt(10, { biz_step: 'stock_taking' }), scanAt(10.2, far))).toHaveLength(1);
  });

  test('the radii of both positions and the error of clocks are given to the traveller', () => {
    expect(
      judge(scanAt(10, { radius_m: 450_000 }), consumerAt(10.5, { ...GUANGZHOU, radius_m: 450_000 })),
    ).toEqual([]);
    // 100 km at once: a cell tower, no second code.
    expect(judge(scanAt(10), consumerAt(10, { ...HANGZHOU, lat: HANGZHOU.lat + 0.9 }))).toEqual([]);
  });

  test('the scan outside the territory is the one that tells', () => {
    const far = consumerAt(10, { ...GUANGZHOU, is_outside: true });
    expect(judge(far, scanAt(10.2))[0]).toMatchObject({ scan: far, origin_dealer_id: 'D1' });
  });

  test('goods received by whom they were just sent to tell of a clock, received by anybody else of a second code', () => {
    const sent = scanAt(0, { biz_step: 'shipping', dealer_id: 'HQ', ...GUANGZHOU });
    const shipments = [{ at: sent.event_time, to_dealer_id: 'D1', is_container: false, is_supply: true }];
    const judged = (...scans: TrailScan[]) => impossibleTravel.judge(trailOf(scans, { shipments }), 0);
    expect(judged(sent, scanAt(0.1))).toEqual([]);
    expect(judged(scanAt(-0.1), sent)).toEqual([]);
    expect(judged(sent, scanAt(0.1, { dealer_id: 'D2' }))).toHaveLength(1);
    // Sold or counted there within minutes they are not the goods that were sent.
    expect(judged(sent, scanAt(0.1, { biz_step: 'retail_selling' }))).toHaveLength(1);
    expect(judged(scanAt(-0.1, { biz_step: 'stock_taking' }), sent)).toHaveLength(1);
    expect(judged({ ...sent, event_time: hour(0.05) }, scanAt(0.1))).toHaveLength(1);
  });

  test('a dealer without a position is somewhere around its address, a scan without any place is nowhere', () => {
    const near = { lon: 121.8, lat: 30.27 };
    expect(judge(scanAt(10, { has_position: false }), consumerAt(10, near))).toEqual([]);
    expect(judge(scanAt(10), consumerAt(10, { lon: null, lat: null }))).toEqual([]);
  });
});
