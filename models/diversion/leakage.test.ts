import { describe, expect, test } from 'vitest';
import { settleDaysOf, shelvesOf } from './leakage.ts';
import { habit } from './rules/habit-channel.ts';

const LAST = 119;

/** A shelf that gets some 20 units every five days, on the way for `travel` days, sells four a day and is counted every `gap` days. */
function shelf({ gap = 1, travel = 0 }: { readonly gap?: number; readonly travel?: number }) {
  const one = habit('A', { gone: () => 0 });
  const counted = one.counted.map((_, day) => (day % gap === 0 ? 1 : 0));
  let shown = NaN;
  const stock = one.stock.map((units, day) => {
    const on_way = one.shipped.subarray(Math.max(0, day - travel + 1), day + 1);
    if (counted[day] === 1) shown = units - (travel === 0 ? 0 : on_way.reduce((a, b) => a + b, 0));
    return shown;
  });
  return { ...one, counted, stock };
}

/** Units that left unseen from day 20 on, until each day. */
const unseen = (one: ReturnType<typeof shelf>): number[] => {
  return shelvesOf([one], 3).flatMap(({ gone }) =>
    [...gone.subarray(20)].map((units) => Math.round((units - (gone[20] ?? NaN)) * 10) / 10),
  );
};

describe('goods that left a shelf', () => {
  test('what is sold, and comes, between two snapshots has not left unseen', () => {
    expect(new Set(unseen(shelf({ gap: 1 })))).toEqual(new Set([0]));
    expect(new Set(unseen(shelf({ gap: 3 })))).toEqual(new Set([0]));
  });

  test('goods on their way have not left, the newest among them', () => {
    expect(Math.max(...unseen(shelf({ travel: 3 })))).toBe(0);
    const last = shelf({ travel: 2 });
    last.shipped[LAST - 1] = 500;
    expect(Math.max(...unseen(last))).toBe(0);
  });

  test('goods that are counted when they are promised, before they are said to be shipped, have not come back, and do not leave afterwards', () => {
    for (const days of [1, 2, 4]) {
      const one = shelf({});
      const told_later = { ...one, shipped: one.shipped.map((_, day) => one.shipped[day - days] ?? 0) };
      expect(new Set(unseen(told_later))).toEqual(new Set([0]));
    }
  });

  test('a first snapshot that counts what is promised says nothing until it is shipped: it does not leave then', () => {
    // A day with an order, shipped two days later.
    const first = 40;
    const one = shelf({});
    expect(one.ordered[first]).toBeGreaterThan(0);
    const counted = one.counted.map((_, day) => (day < first ? 0 : 1));
    const told_later = { ...one, counted, shipped: one.shipped.map((_, day) => one.shipped[day - 2] ?? 0) };
    const [told] = shelvesOf([told_later], 3);
    const gone = [...(told?.gone ?? [])].filter((units) => !Number.isNaN(units));
    expect(Math.max(...gone) - Math.min(...gone)).toBeCloseTo(0, 9);
    expect(gone).toHaveLength(LAST - first - 1);
  });

  test('goods that come without an order came back', () => {
    const one = shelf({});
    const returned = { ...one, stock: one.stock.map((units, day) => units + (day < 60 ? 0 : 30)) };
    expect(unseen(returned).at(-1)).toBe(-30);
  });

  test('books settle when goods have come and were counted', () => {
    const daily = [shelf({})];
    expect(settleDaysOf([{ delays: [0, 0, 1, 1] }], daily)).toBe(3);
    expect(settleDaysOf([{ delays: [2, 2, 2, 2] }], [shelf({ gap: 2 })])).toBe(4);
    expect(settleDaysOf([{ delays: [9, 9, 30] }], daily)).toBe(5);
    expect(settleDaysOf([], [])).toBe(3);
  });
});
