import { describe, expect, test } from 'vitest';
import type { Leaks } from '../leakage.ts';
import { missingScans as judge, type ShippedDay } from './missing-scans.ts';

const untold: Leaks = { ratio: () => 0, missing: () => null };
const missingScans = (days: readonly ShippedDay[], leaks = untold) => judge(days, leaks);

const END = 64;
const PRIOR = Math.log(99);
type Seen = (day: number) => number | null;

/**
 * Eight dealers that get six cases of each of three products every fourth day. One case in eighteen is not scanned at the door: it is seen a
 * week later, when it is opened, unless it is too young for that. `seen`: how many of the six are ever seen, or null for as usual.
 */
function channel(
  seen: (dealer: string, sku: string, day: number) => number | null = () => null,
): ShippedDay[] {
  const days: ShippedDay[] = [];
  for (let n = 1; n <= 8; n += 1)
    for (const sku_id of ['S1', 'S2', 'S3'])
      for (let day = n % 4; day < 60; day += 4) {
        const dealer_id = `D${n}`;
        const age = END - day;
        const door = (day + n) % 3 === 0 ? 5 : 6;
        const usual = [...Array.from({ length: door }, () => 1), ...(door < 6 && age > 7 ? [7] : [])];
        const changed = seen(dealer_id, sku_id, day);
        const delays = changed === null ? usual : Array.from({ length: changed }, () => 1);
        days.push({ dealer_id, sku_id, day, age, codes: 6, delays, unseen_units: 12 * (6 - delays.length) });
      }
  return days;
}
const only =
  (dealer: string, sku: string, seen: Seen) =>
  (d: string, s: string, day: number): number | null =>
    d === dealer && s === sku ? seen(day) : null;
const dark = only('D3', 'S2', (day) => (day >= 30 && day < 45 ? 0 : null));

describe('missing_scans', () => {
  test('a usual channel raises nothing, nor does one young delivery that nobody scanned', () => {
    const raised = (days: ShippedDay[]) => missingScans(days).filter(({ log_odds }) => log_odds >= PRIOR);
    expect(raised(channel())).toEqual([]);
    expect(raised(channel(only('D3', 'S2', (day) => (day === 59 ? 0 : null))))).toEqual([]);
  });

  test('deliveries of one product of which nothing is seen again are told, with their days, share and units', () => {
    const signals = missingScans(channel(dark)).filter(({ log_odds }) => log_odds >= PRIOR);
    expect(signals).toHaveLength(1);
    expect(signals[0]).toMatchObject({
      kind: 'missing_scans',
      origin_dealer_id: 'D3',
      sku_id: 'S2',
      from: 31,
      to: 44,
      observed: 0,
      units: 4 * 6 * 12,
    });
    expect(signals[0]?.expected).toBeGreaterThan(0.9);
  });

  test('half of each delivery scraped off is told too, when it lasts', () => {
    const [signal] = missingScans(channel(only('D3', 'S2', (day) => (day >= 20 ? 3 : null))));
    expect(signal).toMatchObject({ origin_dealer_id: 'D3', sku_id: 'S2', observed: 0.5 });
    expect(signal?.log_odds).toBeGreaterThan(PRIOR);
  });

  test('the older what is unseen, the more it says', () => {
    const at = (from: number): number =>
      missingScans(channel(only('D3', 'S2', (day) => (day >= from && day < from + 8 ? 0 : null))))[0]
        ?.log_odds ?? 0;
    expect(at(20)).toBeGreaterThan(at(52));
  });

  test('goods that are missing from the books make it surer, goods that still lie there not less sure', () => {
    const one = channel(only('D3', 'S2', (day) => (day >= 30 && day < 34 ? 2 : null)));
    const at = (ratio: number): number =>
      missingScans(one, { ...untold, ratio: ({ dealer_id }) => (dealer_id === 'D3' ? ratio : 0) })[0]
        ?.log_odds ?? NaN;
    expect(at(4)).toBeCloseTo(at(0) + 4, 9);
    expect(at(-2)).toBe(at(0));
  });

  test('a dealer that never scanned tells nothing by its silence', () => {
    const silent = channel((dealer) => (dealer === 'D3' ? 0 : null));
    expect(missingScans(silent).filter(({ log_odds }) => log_odds >= PRIOR)).toEqual([]);
  });

  test('a product that was never scanned well has not dropped, whatever the dealer does with others', () => {
    const always = only('D3', 'S2', () => 0);
    expect(missingScans(channel(always)).filter(({ log_odds }) => log_odds >= PRIOR)).toEqual([]);
    const since = only('D3', 'S2', (day) => (day >= 8 ? 0 : null));
    expect(missingScans(channel(since)).filter(({ log_odds }) => log_odds >= PRIOR)).toHaveLength(1);
  });

  test('where all products of the dealer fall silent at once, a broken scanner is as good a reason', () => {
    const two_weeks: Seen = (day) => (day >= 40 && day < 48 ? 0 : null);
    const one = missingScans(channel(only('D3', 'S2', two_weeks)))[0]?.log_odds ?? NaN;
    const all = missingScans(channel((dealer, _sku, day) => (dealer === 'D3' ? two_weeks(day) : null)));
    for (const { log_odds } of all) expect(log_odds).toBeLessThan(one - 2);
  });

  /** What is said of D3 where so many of six cases of some products are seen in some days. */
  const saidOf = (skus: readonly string[], from: number, to: number, seen: number): readonly number[] =>
    missingScans(
      channel((dealer, sku, day) =>
        dealer === 'D3' && skus.includes(sku) && day >= from && day < to ? seen : null,
      ),
    )
      .filter(({ origin_dealer_id }) => origin_dealer_id === 'D3')
      .map(({ log_odds }) => log_odds);

  test('products that fall silent in the same days are surer together than each alone', () => {
    const [alone] = saidOf(['S2'], 30, 38, 3);
    const together = saidOf(['S1', 'S2'], 30, 38, 2);
    expect(alone).toBeLessThan(PRIOR);
    expect(together).toHaveLength(2);
    for (const log_odds of together) expect(log_odds).toBeGreaterThan(PRIOR + 3);
  });

  test('one delivery of several products that nobody scanned is one thing forgotten', () => {
    const [alone] = saidOf(['S2'], 30, 34, 1);
    expect(alone).toBeGreaterThan(2);
    for (const log_odds of saidOf(['S1', 'S2'], 30, 34, 1)) expect(log_odds).toBeLessThanOrEqual(alone ?? 0);
  });

  test('all products together are told when they are silent for longer than a scanner is broken', () => {
    for (const log_odds of saidOf(['S1', 'S2', 'S3'], 30, 38, 2)) expect(log_odds).toBeLessThan(1);
    // Each alone is at 11.2.
    expect(saidOf(['S1', 'S2', 'S3'], 26, 46, 2)).toEqual([12, 12, 12]);
  });
});
