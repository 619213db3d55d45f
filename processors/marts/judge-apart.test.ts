import { describe, expect, test } from 'vitest';
import { judgeHabits, type Habits } from '../../models/diversion/judge-habits.ts';
import { habit, others } from '../../models/diversion/rules/habit-channel.ts';
import { judgeApart } from './judge-apart.ts';

/** A dealer that orders four times as much in ten days among so many that do not, and lets the loop go on while it is judged. */
function channel(dealers: number): Habits {
  const orders = [
    habit('D1', { ordered: (day, usual) => (day >= 90 && day < 100 ? 4 * usual : usual) }),
    ...Array.from({ length: Math.ceil(dealers / 30) }, (_, n) =>
      others().map((one) => ({ ...one, dealer_id: `${one.dealer_id}-${n}` })),
    ).flat(),
  ];
  return { orders, shipped: [], dealers: [], rebates: null, sent: [] };
}

describe('habits judged apart', () => {
  test.each([60, 600])('say what they say here, of %i dealers', async (count) => {
    const habits = channel(count);
    const expected = judgeHabits(habits);
    expect(expected.length).toBeGreaterThan(0);
    expect(await judgeApart(habits)).toEqual(expected);
  });

  test('of many dealers this thread goes on meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await judgeApart(channel(900));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});
