import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { someSignal as signal } from './some-signal.ts';
import { fuseCases as fuse } from './fusion.ts';
import type { StoredSignal } from './stored-signal.ts';

const options = { reporting_currency: 'CNY' };
const fuseCases = (signals: readonly StoredSignal[]) => fuse(signals, options);

describe('fusion', () => {
  test('cases do not depend on the order of the signals', () => {
    const some = fc.array(
      fc.record({
        code: fc.constantFrom('A', 'B', 'C', 'D', ''),
        event_time: fc.constantFrom('2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'),
        region: fc.constantFrom('440100', '440300', ''),
        kind: fc.constantFrom('out_of_territory', 'clone', 'below_floor'),
        session_id: fc.constantFrom('', 's1', 's2'),
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

  const seen = (code: string, fields: Partial<StoredSignal> = {}) =>
    signal({ code, session_id: `of ${code}`, log_odds: Math.log(4), found_dealer_id: '', ...fields });

  test('a case that was found and the units in it say what those of them say that say more, and are the same goods', () => {
    const box = signal({ code: 'BOX' });
    const unit = (code: string, fields: Partial<StoredSignal> = {}) =>
      signal({ code, parent_code: 'BOX', ...fields });
    const sure = (...signals: StoredSignal[]): number => fuseCases(signals)[0]?.confidence ?? 0;
    expect(sure(box, unit('U1'))).toBeCloseTo(sure(box), 12);
    expect(sure(box, unit('U1'), unit('U2'))).toBeCloseTo(sure(unit('U1'), unit('U2')), 12);
    expect(sure(box, unit('U1', { log_odds: 1 }), unit('U2', { log_odds: 1 }))).toBeCloseTo(sure(box), 12);
    // A pallet found with its cases, and the units of one of these.
    const pallet = signal({ code: 'PALLET' });
    const inner = signal({ code: 'BOX', parent_code: 'PALLET', log_odds: 1 });
    expect(sure(pallet, inner, unit('U1'), unit('U2'))).toBeCloseTo(sure(unit('U1'), unit('U2')), 12);
    const consumer = unit('U1', { found_dealer_id: '', log_odds: Math.log(4) });
    expect(sure(box, consumer)).toBeCloseTo(sure(box), 12);
    expect(fuseCases([box, unit('U1')])[0]?.units).toBe(box.units);
  });

  test('three consumers in one region are a case, two are not, nor is one with three things', () => {
    expect(fuseCases(['A', 'B'].map((code) => seen(code)))).toEqual([]);
    expect(fuseCases(['A', 'B', 'C'].map((code) => seen(code)))).toHaveLength(1);
    expect(fuseCases(['A', 'B', 'C'].map((code) => seen(code, { session_id: 'one' })))).toEqual([]);
    expect(fuseCases(['A', 'B', 'C'].map((code) => seen(code, { p_inside: 0.9 })))).toEqual([]);
  });

  test('where consumers turn up all over the country, three in one region are travellers', () => {
    const everywhere = Array.from({ length: 60 }, (_, i) =>
      seen(`T${i}`, { region: String(500_100 + i * 100) }),
    );
    expect(fuseCases([...everywhere, ...['A', 'B', 'C'].map((code) => seen(code))])).toEqual([]);
    const many = Array.from({ length: 12 }, (_, i) => seen(`M${i}`));
    expect(fuseCases([...everywhere, ...many])).toMatchObject([{ found_adcode: '440100' }]);
  });

  test('what speaks of a dealer as a whole is a case of its own, and strengthens those of its goods', () => {
    const priced = signal({ code: '', kind: 'below_floor', region: '330100', lot: '', found_dealer_id: '' });
    const alone = fuseCases([signal({})])[0]?.confidence ?? NaN;
    const [far, own] = fuseCases([signal({}), priced]).sort((a, b) => b.codes.length - a.codes.length);
    expect(own).toMatchObject({ kinds: ['below_floor'], codes: [], found_adcode: '330100' });
    expect(far?.kinds).toEqual(['out_of_territory', 'below_floor']);
    expect(far?.confidence).toBeGreaterThan(alone);
    expect(fuseCases([seen('A'), priced])).toHaveLength(1);
  });

  test('a surge of goods that were found elsewhere meanwhile is part of that case; one long before, or of a pair, is not', () => {
    const surge = (first_event_time: string, fields: Partial<StoredSignal> = {}) =>
      signal({
        code: '',
        kind: 'order_surge',
        region: '330100',
        lot: '',
        log_odds: 9,
        first_event_time,
        ...fields,
      });
    const kinds = (one: StoredSignal) => fuseCases([signal({}), one]).map((raised) => raised.kinds);
    expect(kinds(surge('2026-02-20T00:00:00.000Z'))).toEqual([['out_of_territory', 'order_surge']]);
    expect(fuseCases([signal({}), surge('2026-02-20T00:00:00.000Z')])).toMatchObject([
      { first_event_time: '2026-02-20T00:00:00.000Z' },
    ]);
    const before = { event_time: '2026-01-20T00:00:00.000Z' };
    expect(kinds(surge('2026-01-10T00:00:00.000Z', before))).toHaveLength(2);
    expect(kinds(surge('2026-02-20T00:00:00.000Z', { kind: 'paired_buyer' }))).toHaveLength(2);
  });

  test('a price is about goods that were shipped after the order, not about older goods of other lots', () => {
    const priced = signal({ code: '', kind: 'below_floor', region: '330100', lot: '', log_odds: 5 });
    const found = (code: string, shipped_at: string) =>
      signal({ code, lot: code, shipped_at, event_time: '2026-03-09T00:00:00.000Z' });
    const raised = fuseCases([
      found('NEW', '2026-03-05T00:00:00.000Z'),
      found('OLD', '2026-01-05T00:00:00.000Z'),
      priced,
    ]);
    const kinds = new Map(raised.map((one) => [one.lot, one.kinds]));
    expect(kinds.get('NEW')).toEqual(['out_of_territory', 'below_floor']);
    expect(kinds.get('OLD')).toEqual(['out_of_territory']);
    expect(kinds.get('')).toEqual(['below_floor']);
    const surge = { ...priced, kind: 'order_surge' as const, log_odds: 9 };
    const alone = { first_event_time: '2025-11-01T00:00:00.000Z', event_time: '2025-11-09T00:00:00.000Z' };
    const found_then = fuseCases([found('OLD', '2026-01-05T00:00:00.000Z'), surge]);
    expect(found_then.map((one) => one.kinds)).toEqual([['out_of_territory', 'order_surge']]);
    const found_later = fuseCases([found('OLD', '2026-01-05T00:00:00.000Z'), { ...surge, ...alone }]);
    expect(found_later.map((one) => one.kinds)).toEqual([['order_surge'], ['out_of_territory']]);
    const hardly = fuseCases([found('NEW', '2026-03-05T00:00:00.000Z'), { ...priced, log_odds: 1 }]);
    expect(hardly.map((one) => one.kinds)).toEqual([['out_of_territory']]);
  });

  test('several codes of a lot, each scanned by seven consumers of one city, are copies; one is not yet', () => {
    const copied = (code: string) =>
      signal({ code, kind: 'clone', found_dealer_id: '', session_id: code, log_odds: 4 * Math.log(2) });
    expect(fuseCases([copied('A')])).toEqual([]);
    const [one] = fuseCases(['A', 'B', 'C', 'D', 'E', 'F'].map(copied));
    expect(one).toMatchObject({ kinds: ['clone'], found_adcode: '440100', units: 6 });
    expect(one?.confidence).toBeGreaterThan(0.99);
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

  test('severity follows confidence and value in the reporting currency', () => {
    const two = (unit_value: string, currency = 'CNY') =>
      fuseCases([
        signal({ unit_value, currency }),
        signal({ code: 'C2', unit_value, currency }),
        signal({ code: 'C3', unit_value: '1', currency: 'KRW', event_time: '2026-02-01T00:00:00.000Z' }),
      ])[0];
    expect(two('2500')?.severity).toBe('critical');
    expect(two('2500')).toMatchObject({ value: '5000.00', currency: 'CNY' });
    expect(two('2499')?.severity).toBe('warning');
    // 5,000 won are a few yuan.
    expect(two('2500', 'KRW')?.severity).toBe('warning');
    expect(fuseCases([signal({})])[0]?.severity).toBe('info');
    // A pallet: what it is worth by the confidence is what makes a case critical otherwise.
    expect(fuseCases([signal({ units: 900 })])[0]?.severity).toBe('warning');
    expect(fuseCases([signal({ units: 900, currency: 'KRW' })])[0]?.severity).toBe('info');
  });

  describe('of merged cases', () => {
    const key_of = (region: string): string => `D1|${region}|SKU|L`;
    const fuseMerged = (signals: readonly StoredSignal[], leads: Record<string, string>) =>
      fuse(signals, {
        ...options,
        merged: { id_of: (key) => `id of ${key}`, leads: new Map(Object.entries(leads)) },
      });
    const here = ['A', 'B'].map((code) => signal({ code }));
    const there = ['B', 'C'].map((code) =>
      signal({ code, region: '440300', event_time: '2026-02-01T00:00:00.000Z' }),
    );
    const [lead, member] = [`id of ${key_of('440100')}`, `id of ${key_of('440300')}`];

    test('they are one over the signals of all, about what the lead is about, with each alone beside', () => {
      const merged = fuseMerged([...here, ...there], { [member]: lead });
      expect(merged).toMatchObject([
        { lead_id: lead, key: key_of('440100'), found_adcode: '440100', codes: ['B', 'C', 'A'], units: 3 },
      ]);
      expect(merged[0]?.parts).toEqual(fuseCases([...here, ...there]));
      expect(merged[0]?.last_event_time).toBe('2026-03-01T00:00:00.000Z');
    });

    test('they do not depend on the order of the signals, and one that is surer than its parts is raised', () => {
      const weak = [...here.slice(0, 1), ...there.slice(1)].map((one) => ({
        ...one,
        log_odds: Math.log(20),
      }));
      expect(fuseCases(weak)).toEqual([]);
      const merged = fuseMerged(weak, { [member]: lead });
      // Odds 1:99 × 20 × 20.
      expect(merged[0]?.confidence).toBeCloseTo(400 / 499, 12);
      expect(fuseMerged(weak.toReversed(), { [member]: lead })).toEqual(merged);
    });

    test('a lead that nothing speaks of any more keeps its id, and cases that nobody merged stay as they are', () => {
      expect(fuseMerged(there, { [member]: lead })).toMatchObject([
        { lead_id: lead, key: key_of('440300'), parts: [{ key: key_of('440300') }] },
      ]);
      expect(fuseMerged([...here, ...there], { other: 'another' })).toEqual(fuseCases([...here, ...there]));
    });

    test('consumers are held against the travellers of their own region, merged or not', () => {
      const three = (region: string) => ['A', 'B', 'C'].map((code) => seen(`${code}${region}`, { region }));
      const both = [...three('440100'), ...three('440300')];
      const [merged] = fuseMerged(both, { [member]: lead });
      const alone = fuseCases(both);
      expect(alone).toHaveLength(2);
      expect(merged?.confidence).toBeGreaterThan(Math.max(...alone.map(({ confidence }) => confidence)));
    });
  });
});
