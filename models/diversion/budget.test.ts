import { describe, expect, test } from 'vitest';
import { withinBudget } from './budget.ts';
import { fuseCases } from './fusion.ts';
import { someSignal } from './some-signal.ts';

/** One code of each lot: the higher its log-odds, the surer. */
const casesOf = (said: Readonly<Record<string, number>>, first_event_time = '2026-03-01T00:00:00.000Z') =>
  fuseCases(
    Object.entries(said).map(([lot, log_odds]) => someSignal({ code: lot, lot, log_odds, first_event_time })),
    { reporting_currency: 'CNY' },
  );
const lotsOf = (cases: readonly { readonly lot: string }[]) => cases.map(({ lot }) => lot);

describe('the budget of a day', () => {
  const cases = [...casesOf({ A: 5, B: 6, C: 7 }), ...casesOf({ D: 5 }, '2026-03-02T00:00:00.000Z')];

  test('of more cases in a day than it allows, the surest are raised, and the others counted', () => {
    const { raised, beyond } = withinBudget(cases, 2);
    expect(lotsOf(raised)).toEqual(['B', 'C', 'D']);
    const [a] = casesOf({ A: 5 });
    expect(beyond).toEqual([{ day: '2026-03-01', cases: 1, surest: a?.confidence }]);
  });

  test('within it nothing is left out', () => {
    expect(withinBudget(cases, 3)).toEqual({ raised: cases, beyond: [] });
  });

  test('what is as good as proven, or taken up by people, is raised however many there are', () => {
    const proven = casesOf({ P: 11, Q: 11.5, R: 12 });
    expect(lotsOf(withinBudget(proven, 1).raised)).toEqual(['P', 'Q', 'R']);
    const { raised, beyond } = withinBudget(cases, 1, ({ lot }) => lot === 'A');
    expect(lotsOf(raised)).toEqual(['A', 'C', 'D']);
    expect(beyond).toMatchObject([{ cases: 1 }]);
  });
});
