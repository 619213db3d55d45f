import { describe, expect, test } from 'vitest';
import { isGivenBack, isOnTheWay } from './delivery.ts';
import { outOfTerritory } from './rules/out-of-territory.ts';
import { wrongReceiver } from './rules/wrong-receiver.ts';
import { boxAt, consumerAt, GUANGZHOU, hour, scanAt, trailOf } from './some-trail.ts';

/** Goods shipped to D1 at hour 0, read for the manufacturer in Guangzhou. */
const read = scanAt(20, { biz_step: 'inspecting', dealer_id: 'HQ', ...GUANGZHOU, is_outside: true });

describe('goods on their way', () => {
  test('are those that the dealer receives after they were read, in their container too', () => {
    expect(isOnTheWay(trailOf([read, scanAt(40)]), read)).toBe(true);
    expect(outOfTerritory.judge(trailOf([read, scanAt(40)]), 0)).toEqual([]);
    const in_case = trailOf([read], { box_scans: [boxAt(40, 'receiving', 'D1')] });
    expect(isOnTheWay(in_case, read)).toBe(true);
  });

  test('are not those that the dealer had had, never received, or received out of a later shipment', () => {
    expect(isOnTheWay(trailOf([read]), read)).toBe(false);
    expect(outOfTerritory.judge(trailOf([read]), 0)).toHaveLength(1);
    expect(isOnTheWay(trailOf([scanAt(10), read, scanAt(40)]), read)).toBe(false);
    expect(isOnTheWay(trailOf([read, scanAt(40, { biz_step: 'retail_selling' })]), read)).toBe(false);
    const shipments = [0, 30].map((at) => ({
      ...{ at: hour(at), to_dealer_id: 'D1', is_container: false, is_supply: true },
    }));
    expect(isOnTheWay(trailOf([read, scanAt(40)], { shipments }), read)).toBe(false);
  });

  test('are read by nobody else', () => {
    const elsewhere = scanAt(20, { biz_step: 'inspecting', dealer_id: 'D2' });
    expect(isOnTheWay(trailOf([elsewhere, scanAt(40)]), elsewhere)).toBe(false);
    const consumer = consumerAt(20, GUANGZHOU);
    expect(isOnTheWay(trailOf([consumer, scanAt(40)]), consumer)).toBe(false);
  });
});

describe('goods that were given back', () => {
  const received = scanAt(24, { dealer_id: 'D2', ...GUANGZHOU, is_outside: true });
  const returned = (hours: number) => scanAt(hours, { biz_step: 'returning', dealer_id: 'D2', ...GUANGZHOU });
  const at_home = scanAt(90, { dealer_id: 'HQ' });

  test('within two days, and had by the manufacturer or the right dealer since, were brought by mistake', () => {
    for (const next of [at_home, scanAt(90)]) {
      const trail = trailOf([received, returned(27), next]);
      expect(isGivenBack(trail, received)).toBe(true);
      expect(wrongReceiver.judge(trail, 0)).toEqual([]);
      expect(outOfTerritory.judge(trail, 0)).toEqual([]);
    }
  });

  test('later, or seen by nobody but the receiver and its customers, had been taken', () => {
    expect(isGivenBack(trailOf([received, returned(80), at_home]), received)).toBe(false);
    expect(isGivenBack(trailOf([received, returned(27)]), received)).toBe(false);
    expect(isGivenBack(trailOf([received, returned(27), consumerAt(60, GUANGZHOU)]), received)).toBe(false);
    const again = scanAt(60, { dealer_id: 'D2', biz_step: 'retail_selling' });
    expect(isGivenBack(trailOf([received, returned(27), again, at_home]), received)).toBe(false);
    expect(wrongReceiver.judge(trailOf([received, returned(80), at_home]), 0)).toHaveLength(1);
  });
});
