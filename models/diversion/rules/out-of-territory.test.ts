import { describe, expect, test } from 'vitest';
import type { Observation } from '../observation.ts';
import { outOfTerritory } from './out-of-territory.ts';

const observation = (fields: Partial<Observation>): Observation => ({
  code: 'C1',
  source: 's',
  event_id: 'e',
  event_time: '2026-03-01T00:00:00.000Z',
  biz_step: 'receiving',
  sku_id: 'SKU',
  lot: 'L',
  parent_code: '',
  found_dealer_id: 'D2',
  found_adcode: '440100',
  origin_dealer_id: 'D1',
  territory_id: 'T1',
  shipped_at: '2026-02-01T00:00:00.000Z',
  share_inside: 0,
  units: 1,
  unit_value: '10.00',
  currency: 'CNY',
  ...fields,
});
const logOdds = (fields: Partial<Observation>): number =>
  outOfTerritory.signal(observation(fields))?.log_odds ?? NaN;

describe('out of territory', () => {
  test("a consumer's scan weighs less than a dealer's", () => {
    expect(logOdds({ biz_step: 'consumer_scan' })).toBeGreaterThan(0);
    expect(logOdds({ biz_step: 'consumer_scan' })).toBeLessThan(logOdds({ biz_step: 'retail_selling' }) / 2);
    expect(logOdds({ biz_step: 'retail_selling' })).toBeLessThan(logOdds({ biz_step: 'receiving' }));
  });

  test('the more of the position lies inside, the less it says; all of it inside is hardly a signal', () => {
    const shares = [0, 0.25, 0.5, 0.75, 1].map((share_inside) => logOdds({ share_inside }));
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(shares.at(-1)).toBeLessThan(Math.log(200) * 0.4);
    // P = 0.5 of 17, LR = 200: ln(1/34 + 33/34 · 200).
    expect(shares[0]).toBeCloseTo(Math.log(1 / 34 + (33 / 34) * 200), 12);
  });

  test('a step that tells nothing of the place is no signal', () => {
    expect(outOfTerritory.signal(observation({ biz_step: 'packing' }))).toBeNull();
  });
});
