import { describe, expect, test } from 'vitest';
import { consumerAt, GUANGZHOU, scanAt, trailOf, unshippedAt } from '../some-trail.ts';
import { isTold, type TrailScan } from '../trail.ts';
import { outOfTerritory } from './out-of-territory.ts';

const FAR = { ...GUANGZHOU, is_outside: true, dealer_id: 'D2' } as const;
const signals = (...scans: TrailScan[]) => outOfTerritory.judge(trailOf(scans), 0).filter(isTold);
const logOdds = (fields: Partial<TrailScan>): number =>
  signals(scanAt(48, { ...FAR, ...fields }))[0]?.log_odds ?? NaN;

describe('out of territory', () => {
  test("a consumer's scan weighs less than a dealer's, the dealer's own device less than another's, its line's least", () => {
    const of_consumer = logOdds({ biz_step: 'consumer_scan', dealer_id: '' });
    expect(of_consumer).toBeGreaterThan(0);
    expect(of_consumer).toBeLessThan(logOdds({ biz_step: 'retail_selling' }) / 2);
    expect(logOdds({ dealer_id: 'D1' })).toBeLessThan(logOdds({}));
    expect(logOdds({ dealer_parent_id: 'D1' })).toBeLessThan(logOdds({ dealer_id: 'D1' }));
  });

  test("the manufacturer's inspector says as much as a dealer by where it stands, its warehouse nothing", () => {
    const of_hq = { dealer_id: 'HQ' };
    expect(logOdds({ ...of_hq, biz_step: 'inspecting' })).toBe(logOdds({ biz_step: 'inspecting' }));
    for (const biz_step of ['receiving', 'stock_taking'] as const)
      expect(signals(scanAt(48, { ...FAR, ...of_hq, biz_step }))).toEqual([]);
    expect(signals(scanAt(48, { ...FAR, ...of_hq, biz_step: 'inspecting', has_position: false }))).toEqual(
      [],
    );
  });

  test('whoever opens a case has it; the manufacturer opens its own', () => {
    expect(logOdds({ biz_step: 'unpacking' })).toBe(logOdds({ biz_step: 'stock_taking' }));
    expect(signals(scanAt(48, { ...FAR, biz_step: 'unpacking', dealer_id: 'HQ' }))).toEqual([]);
  });

  test('the more of the position lies inside, the less it says', () => {
    const shares = [0, 0.25, 0.5, 0.75, 1].map((share_inside) => logOdds({ share_inside }));
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(shares.at(-1)).toBeLessThan(Math.log(200) * 0.4);
    // P = 0.5 of 17, LR = 200: ln(1/34 + 33/34 · 200).
    expect(shares[0]).toBeCloseTo(Math.log(1 / 34 + (33 / 34) * 200), 12);
  });

  test('the border band fades: at the border next to nothing is said, a city further on what the accuracy says', () => {
    const consumer = { biz_step: 'consumer_scan', dealer_id: '' } as const;
    const at = (beyond_km: number | null, radius_m = 400) => logOdds({ ...consumer, beyond_km, radius_m });
    expect(at(0)).toBeLessThan(Math.log(1.2));
    expect(at(3)).toBeLessThan(Math.log(1.2));
    const fading = [0, 3, 5, 9, 13, 17, 21, null].map((km) => at(km));
    expect(fading).toEqual(fading.toSorted((a, b) => a - b));
    expect(at(21)).toBeGreaterThan(0.95 * at(null));
    // 10 km of radius: it may be at the border.
    expect(at(10, 10_000)).toBe(at(0));
    expect(logOdds({ dealer_id: 'D1', beyond_km: 3 })).toBeLessThan(logOdds({ dealer_id: 'D1' }) / 3);
  });

  test('abroad is outside; consumers there may be in different places, so that each counts half', () => {
    const abroad = { adcode: '', lon: 105.85, lat: 21.03 };
    expect(logOdds(abroad)).toBe(logOdds({}));
    const seen = (fields: Partial<TrailScan>) =>
      signals(consumerAt(48, { ...GUANGZHOU, is_outside: true, ...fields }))[0]?.p_inside;
    expect(seen(abroad)).toBe(0.5);
    expect(seen({})).toBeLessThan(0.05);
  });

  test('inside, before any shipment, after a return, or with an approved transfer there is no signal', () => {
    expect(signals(scanAt(48))).toEqual([]);
    expect(signals(unshippedAt(48, { ...FAR, is_outside: false }))).toEqual([]);
    expect(signals(scanAt(24, { biz_step: 'returning' }), scanAt(48, FAR))).toEqual([]);
    expect(signals(scanAt(48, { ...FAR, is_authorised: true }))).toEqual([]);
    expect(signals(scanAt(48, { ...FAR, biz_step: 'packing' }))).toEqual([]);
    expect(signals(consumerAt(48, { ...GUANGZHOU, is_outside: true }))).toHaveLength(1);
  });
});
