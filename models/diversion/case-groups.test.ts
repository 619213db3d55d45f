import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leadsOf, type CaseGrouping } from './case-groups.ts';

const said = (
  alert_id: string,
  lead_alert_id: string,
  action: 'merge' | 'split' = 'merge',
): CaseGrouping => ({
  alert_id,
  lead_alert_id,
  action,
});

describe('groups of cases', () => {
  test('a case merged into one that was merged itself is part of the last; one that was split off is not', () => {
    expect([...leadsOf([said('C', 'B'), said('B', 'A'), said('D', 'A', 'split')])]).toEqual([
      ['C', 'A'],
      ['B', 'A'],
    ]);
  });

  test('of cases merged in a circle the first id leads, for those that hang on the circle too', () => {
    const leads = leadsOf([said('B', 'C'), said('C', 'D'), said('D', 'B'), said('E', 'D')]);
    expect([...leads].sort()).toEqual([
      ['C', 'B'],
      ['D', 'B'],
      ['E', 'B'],
    ]);
  });

  test('whatever was said, a lead is part of nothing, and the order of the groupings does not matter', () => {
    const ids = fc.constantFrom('A', 'B', 'C', 'D', 'E');
    const some = fc.uniqueArray(
      fc.record({ alert_id: ids, lead_alert_id: ids, action: fc.constantFrom('merge', 'split') }),
      { selector: ({ alert_id }) => alert_id },
    );
    fc.assert(
      fc.property(some, (groupings) => {
        const leads = leadsOf(groupings);
        for (const lead of leads.values()) expect(leads.has(lead)).toBe(false);
        expect([...leadsOf(groupings.toReversed())].sort()).toEqual([...leads].sort());
      }),
    );
  });
});
