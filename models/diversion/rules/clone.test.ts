import { describe, expect, test } from 'vitest';
import { CHENGDU, consumerAt, GUANGZHOU, HANGZHOU, scanAt, trailOf, XIAN } from '../some-trail.ts';
import { isHeld, type TrailScan } from '../trail.ts';
import { clone } from './clone.ts';

const logOdds = (...scans: TrailScan[]): number | null => {
  const [one] = clone.judge(trailOf(scans), 0);
  return one === undefined || isHeld(one) ? null : one.log_odds;
};

describe('clone', () => {
  test('sessions at three places are copies, the more places the surer', () => {
    const three = logOdds(consumerAt(1), consumerAt(50, GUANGZHOU), consumerAt(100, CHENGDU));
    expect(three).toBeCloseTo(Math.log(144));
    expect(
      logOdds(consumerAt(1), consumerAt(50, GUANGZHOU), consumerAt(100, CHENGDU), consumerAt(200, XIAN)),
    ).toBeGreaterThan(three ?? NaN);
  });

  test('at home and on one journey, or one session everywhere, is one thing', () => {
    expect(logOdds(consumerAt(1), consumerAt(50, GUANGZHOU))).toBeNull();
    const session_id = 'one phone';
    expect(
      logOdds(
        consumerAt(1, { session_id }),
        consumerAt(50, { ...GUANGZHOU, session_id }),
        consumerAt(100, { ...CHENGDU, session_id }),
      ),
    ).toBeNull();
  });

  test('sessions all over one town are copies, at three spots of it they are friends', () => {
    // Spots two kilometres and a half apart: beyond one, and both radii of 400 m.
    const spots = (n: number, fields: Partial<TrailScan> = {}) =>
      Array.from({ length: n }, (_, i) =>
        consumerAt(70 * i, {
          lon: HANGZHOU.lon + 0.026 * (i % 3),
          lat: HANGZHOU.lat + 0.0225 * Math.floor(i / 3),
          ...fields,
        }),
      );
    expect(logOdds(...spots(3))).toBeNull();
    expect(logOdds(...spots(5))).toBeCloseTo(2 * Math.log(5));
    expect(logOdds(...spots(7))).toBeCloseTo(4 * Math.log(5));
    expect(logOdds(...spots(5, { session_id: 'one phone' }))).toBeNull();
    // Where a position may be a kilometre off, they may be one spot.
    expect(logOdds(...spots(5, { radius_m: 2_000 }))).toBeNull();
  });

  test('who sees it away and home again sees one thing; going on between the two, others do', () => {
    const trips = (n: number) =>
      Array.from({ length: n }, (_, i) => consumerAt(50 * i, i % 2 === 0 ? HANGZHOU : XIAN));
    expect(logOdds(...trips(3))).toBeNull();
    expect(logOdds(...trips(4))).toBeCloseTo(Math.log(12));
    expect(logOdds(...trips(5))).toBeCloseTo(2 * Math.log(12));
  });

  test('many sessions at one place are copies too, a few are friends', () => {
    const sessions = (n: number, apart_h: number) =>
      Array.from({ length: n }, (_, i) => consumerAt(apart_h * i));
    expect(logOdds(...sessions(5, 100))).toBeNull();
    expect(logOdds(...sessions(10, 100))).toBeCloseTo(7 * Math.log(2));
    expect(logOdds(...sessions(7, 100))).toBeCloseTo(4 * Math.log(2));
  });

  test('sessions within two days tell more than as many over weeks', () => {
    const sessions = (n: number) => Array.from({ length: n }, (_, i) => consumerAt(5 * i));
    expect(logOdds(...sessions(5))).toBeNull();
    expect(logOdds(...sessions(9))).toBeCloseTo(6 * Math.log(2.5));
    // Ten of the eleven lie within two days of one another.
    expect(logOdds(...sessions(11))).toBeCloseTo(7 * Math.log(2.5));
    const phone = { session_id: 'one phone' };
    expect(logOdds(...Array.from({ length: 9 }, (_, i) => consumerAt(i, phone)))).toBeNull();
  });

  test('the dealer that sold what had been sold is told, whoever scans it later', () => {
    const sale = (hours: number, dealer_id: string) =>
      scanAt(hours, { biz_step: 'retail_selling', dealer_id });
    const [one] = clone.judge(trailOf([sale(1, 'D1'), sale(90, 'D2'), consumerAt(95)]), 0);
    expect(one).toMatchObject({ scan: { dealer_id: 'D2' } });
  });

  test('a unit sold by two dealers is two units, unless it went back between', () => {
    const sale = (hours: number, dealer_id: string) =>
      scanAt(hours, { biz_step: 'retail_selling', dealer_id });
    expect(logOdds(sale(1, 'D1'), sale(90, 'D2'))).toBeGreaterThan(0);
    expect(logOdds(sale(1, 'D1'), scanAt(50, { biz_step: 'returning' }), sale(90, 'D2'))).toBeNull();
    expect(logOdds(sale(1, 'D1'), sale(90, 'D1'))).toBeNull();
  });
});
