import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuseCases, type StoredSignal } from './fusion.ts';

const signal = (fields: Partial<StoredSignal>): StoredSignal => ({
  code: 'C1',
  kind: 'out_of_territory',
  event_time: '2026-03-01T00:00:00.000Z',
  sku_id: 'SKU',
  lot: 'L',
  parent_code: '',
  origin_dealer_id: 'D1',
  found_dealer_id: 'D2',
  found_adcode: '440100',
  log_odds: Math.log(200),
  units: 1,
  unit_value: '10.10',
  currency: 'CNY',
  ...fields,
});

describe('fusion', () => {
  test('cases do not depend on the order of the signals', () => {
    const some = fc.array(
      fc.record({
        code: fc.constantFrom('A', 'B', 'C', 'D'),
        event_time: fc.constantFrom('2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'),
        found_adcode: fc.constantFrom('440100', '440300'),
        found_dealer_id: fc.constantFrom('', 'D2', 'D3'),
        log_odds: fc.constantFrom(1, 3, 5),
        parent_code: fc.constantFrom('', 'A'),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(some, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (list, dice) => {
        const signals = list.map(signal);
        const shuffled = signals
          .map((one, i) => ({ one, at: dice[i] ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(fuseCases(shuffled)).toEqual(fuseCases(signals));
      }),
    );
  });

  test('one code scanned ten times is as sure as scanned once, two codes are surer', () => {
    const once = fuseCases([signal({})])[0]?.confidence ?? NaN;
    const ten = fuseCases(
      Array.from({ length: 10 }, (_, i) => signal({ event_time: `2026-03-0${(i % 9) + 1}T00:00:00.000Z` })),
    );
    expect(ten[0]?.confidence).toBe(once);
    // Odds 1:99 × 200.
    expect(once).toBeCloseTo(200 / 299, 12);
    expect(fuseCases([signal({}), signal({ code: 'C2' })])[0]?.confidence).toBeGreaterThan(0.99);
  });

  test("a single consumer's scan raises no case", () => {
    expect(fuseCases([signal({ log_odds: Math.log(5), found_dealer_id: '' })])).toEqual([]);
  });

  test('money adds up to the cent where floats do not, and a case holds its units once', () => {
    const [one] = fuseCases([
      signal({ code: 'CASE', units: 3, unit_value: '0.10' }),
      signal({ code: 'U1', parent_code: 'CASE', unit_value: '0.10' }),
      signal({ code: 'C9', units: 1, unit_value: '1000000000.01' }),
    ]);
    expect(one).toMatchObject({
      units: 4,
      value: '1000000000.31',
      currency: 'CNY',
      codes: ['C9', 'CASE', 'U1'],
    });
  });

  test('severity follows confidence and value', () => {
    const two = (unit_value: string) =>
      fuseCases([signal({ unit_value }), signal({ code: 'C2', unit_value })])[0];
    expect(two('2500')?.severity).toBe('critical');
    expect(two('2499')?.severity).toBe('warning');
    expect(fuseCases([signal({})])[0]?.severity).toBe('info');
  });
});
