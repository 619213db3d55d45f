import { describe, expect, test } from 'vitest';
import { logOddsOfRarity, rarityOf } from './rarity.ts';

/** Scores of so many honest series: every fourth has one, exponential with this scale. */
const honest = (n: number, scale: number): number[] =>
  Array.from({ length: n }, (_, i) => (i % 4 === 0 ? -scale * Math.log((i + 0.5) / n) : 0));

describe('rarity', () => {
  test('of an exponential channel it is the expected number beyond the score', () => {
    const expectedAt = rarityOf(honest(4_000, 0.8), 0.1);
    // A quarter of the series have a score; of those e^(-s/0.8) lie beyond s.
    for (const score of [2, 4, 6]) {
      const expected = 1_000 * Math.exp(-score / 0.8);
      expect(expectedAt(score) / expected).toBeGreaterThan(0.7);
      expect(expectedAt(score) / expected).toBeLessThan(1.5);
    }
  });

  test('a few deeds do not excuse themselves', () => {
    const clean = rarityOf(honest(2_000, 0.8), 0.1);
    const with_deeds = rarityOf([...honest(2_000, 0.8), ...Array.from({ length: 20 }, () => 12)], 0.1);
    expect(with_deeds(12) / clean(12)).toBeLessThan(10);
  });

  test('in a larger, or a more restless, channel the same score says less', () => {
    expect(rarityOf(honest(8_000, 0.8), 0.1)(6)).toBeGreaterThan(rarityOf(honest(1_000, 0.8), 0.1)(6));
    expect(rarityOf(honest(1_000, 1.6), 0.1)(6)).toBeGreaterThan(rarityOf(honest(1_000, 0.8), 0.1)(6));
  });

  test('one in ten channels is raised by chance where a series is as likely as not', () => {
    expect(logOddsOfRarity(0.1)).toBeCloseTo(Math.log(99), 12);
    expect(logOddsOfRarity(0.01)).toBeGreaterThan(logOddsOfRarity(0.1));
  });

  test('a channel without scores is no reason to raise anything', () => {
    expect(rarityOf([0, 0, 0], 0.2)(0)).toBe(3);
    expect(rarityOf([], 0.2)(1)).toBeGreaterThan(0);
  });
});
