import { describe, expect, test } from 'vitest';
import { fuseCases } from './fusion.ts';
import type { StoredSignal } from './stored-signal.ts';
import { foundIn, regionOf, scanRegion, withRegions } from './regions.ts';
import { someSignal } from './some-signal.ts';

const options = { reporting_currency: 'CNY' };
const signal = (fields: Partial<StoredSignal>): StoredSignal =>
  someSignal({ kind: 'scan_order', log_odds: Math.log(500), ...fields });
const copy = (code: string) => signal({ code, kind: 'clone', region: '', found_dealer_id: '' });
const regionsOf = (signals: readonly StoredSignal[]) => withRegions(signals).map(({ region }) => region);

describe('regions', () => {
  test('a scan is in its prefecture; where there is none, in the territory whose outline holds it', () => {
    expect(scanRegion({ adcode: '440106', found_territory_id: '' })).toBe('440100');
    expect(scanRegion({ adcode: '', found_territory_id: '' })).toBe('');
    const [south, north] = ['DE-S', 'DE-N'].map((found_territory_id) =>
      scanRegion({ adcode: '', found_territory_id }),
    );
    expect(south).not.toBe(north);
    expect(foundIn(south ?? '')).toEqual({ found_adcode: '', found_territory_id: 'DE-S' });
    expect(foundIn('440100')).toEqual({ found_adcode: '440100', found_territory_id: '' });
    // A territory may be called as a division is.
    expect(regionOf({ found_adcode: '', found_territory_id: '440100' })).not.toBe('440100');
  });

  test('a copy of a code that was found in one region is part of the case about it', () => {
    const signals = [signal({}), signal({ code: 'C2' }), copy('C1'), copy('C2')];
    const cases = fuseCases(signals, options);
    expect(cases).toHaveLength(1);
    expect(cases).toMatchObject([{ found_adcode: '440100', units: 2, kinds: ['clone', 'scan_order'] }]);
  });

  test('a scan without a place goes with the other goods that its dealer had', () => {
    const nowhere = signal({ code: 'C2', region: '' });
    expect(regionsOf([signal({}), nowhere])).toEqual(['440100', '440100']);
    const other = { ...nowhere, kind: 'wrong_receiver' } as const;
    expect(regionsOf([signal({}), other])).toEqual(['440100', '440100']);
    expect(regionsOf([signal({}), { ...other, found_dealer_id: 'D3' }])).toEqual(['440100', '']);
    expect(regionsOf([signal({}), { ...nowhere, lot: 'M' }])).toEqual(['440100', '']);
  });

  test('what was found abroad joins nothing that was found in the country, nor does what else is told of it', () => {
    const abroad = signal({ code: 'C2', kind: 'out_of_territory', region: '' });
    const at_home = signal({ kind: 'out_of_territory' });
    expect(regionsOf([at_home, abroad])).toEqual(['440100', '']);
    expect(regionsOf([at_home, abroad, signal({ code: 'C2', region: '' })])).toEqual(['440100', '', '']);
  });

  test('copies of one lot are one case also where those of one code alone tell the region', () => {
    expect(regionsOf([{ ...copy('C1'), region: '440100' }, copy('C2')])).toEqual(['440100', '440100']);
  });

  test('what was found in several regions, or in none, is about no one region', () => {
    expect(regionsOf([signal({}), signal({ region: '440300' }), copy('C1')])).toEqual([
      '440100',
      '440300',
      '',
    ]);
    expect(regionsOf([copy('C1')])).toEqual(['']);
    const surge = signal({ code: '', kind: 'order_surge', region: '' });
    expect(regionsOf([signal({}), surge])).toEqual(['440100', '']);
  });
});
