import { describe, expect, test } from 'vitest';
import { f1Of, precisionOf, recallOf, scoreOf, sumOf, type Raised } from './score.ts';

const truth = {
  kind: 'out_of_territory' as const,
  injection_id: 'i1',
  origin_dealer_id: 'D1',
  found_dealer_id: null,
  found_adcode: '440100',
  sku_id: 'S1',
  lot: 'L',
  codes: ['A', 'B'],
  first_event_time_ms: 1_000,
  last_event_time_ms: 2_000,
};
const alert = (fields: Partial<Raised> = {}): Raised => ({
  kinds: ['out_of_territory'],
  origin_dealer_id: 'D1',
  found_adcode: '440100',
  sku_id: 'S1',
  codes: [],
  seen_ms: 5_000,
  ...fields,
});

describe('the score of bench:diversion', () => {
  test('a deed is caught by its kind, or by one of its codes, of the same dealer, product and place', () => {
    expect(scoreOf([truth], [alert()])).toMatchObject({ caught: 1, right: 1, delays_ms: [4_000] });
    expect(scoreOf([truth], [alert({ kinds: ['clone'], codes: ['B'], found_adcode: '' })]).caught).toBe(1);
    expect(scoreOf([truth], [alert({ kinds: ['clone'] })]).caught).toBe(0);
    expect(scoreOf([truth], [alert({ origin_dealer_id: 'D2' })]).caught).toBe(0);
    expect(scoreOf([truth], [alert({ sku_id: 'S2' })]).caught).toBe(0);
    expect(scoreOf([truth], [alert({ found_adcode: '440300' })]).caught).toBe(0);
  });

  test('precision is of alerts, recall of deeds; two alerts about one deed are both right', () => {
    const score = scoreOf(
      [truth, { ...truth, injection_id: 'i2', sku_id: 'S9' }],
      [alert(), alert({ codes: ['A'] }), alert({ sku_id: 'S7' })],
    );
    expect(precisionOf(score)).toBeCloseTo(2 / 3);
    expect(recallOf(score)).toBe(0.5);
    expect(f1Of(score)).toBeCloseTo(4 / 7);
    expect(sumOf([score, score])).toMatchObject({ truths: 4, caught: 2, raised: 6, right: 4 });
    expect(precisionOf(scoreOf([truth], []))).toBeNull();
  });
});
