import { describe, expect, test } from 'vitest';
import type { AlertKind } from '../contract/alert.ts';
import { taughtBy, type Term } from './confidence.ts';
import { learnedLogOdds, lessonsOf } from './learned.ts';

const of = (confirmed: number, dismissed: number): number =>
  learnedLogOdds([{ kind: 'clone', confirmed, dismissed }]).get('clone') ?? NaN;

const learnedFor = (evidence: readonly Term[], learned: ReturnType<typeof learnedLogOdds>): number =>
  taughtBy(lessonsOf(evidence, learned));

describe('what closed cases teach', () => {
  test('nothing without a verdict, little from a few, what they say from many', () => {
    expect(of(0, 0)).toBe(0);
    // 18 : 7 instead of 18 : 2.
    expect(of(0, 5)).toBeCloseTo(Math.log(2 / 7), 12);
    expect(of(90, 10)).toBeCloseTo(0, 12);
    expect(of(500, 500)).toBeCloseTo(-Math.log(9), 1);
  });

  test('every confirmation raises it, every dismissal lowers it, within bounds', () => {
    for (let n = 0; n < 100; n++) {
      expect(of(n + 1, 3)).toBeGreaterThanOrEqual(of(n, 3));
      expect(of(3, n + 1)).toBeLessThanOrEqual(of(3, n));
    }
    expect(of(10_000, 0)).toBe(1);
    expect(of(0, 10_000)).toBe(-3);
  });

  test('counts in a case by each kind’s share of the evidence, however many codes tell it', () => {
    const learned = new Map<AlertKind, number>([
      ['clone', -2],
      ['wrong_receiver', 0.5],
    ]);
    const one = { kind: 'clone', log_odds: 3 } as const;
    expect(learnedFor([one], learned)).toBe(-2);
    expect(learnedFor([one, one, one], learned)).toBe(-2);
    expect(learnedFor([one, { kind: 'wrong_receiver', log_odds: 1 }], learned)).toBeCloseTo(-1.375, 12);
    expect(learnedFor([{ kind: 'below_floor', log_odds: 2 }], learned)).toBe(0);
    expect(learnedFor([], learned)).toBe(0);
  });
});
