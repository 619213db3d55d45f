import { runningSums, sumIn, wholeOf, type OrderHabit, type Stretch } from './habit.ts';
import type { Shelf } from './leakage.ts';

/** What leaves at once beyond so many times what is usually sold in the days between two snapshots was never sold here: it was lost, or passed on. */
const SOLD_AT_ONCE = 3;

/** A shelf of which shipments, sales and snapshots say what left. */
export interface CountedShelf extends Shelf {
  /** First day of which they say it. */
  readonly begins: number;
  /** Running sums of units that left in such lumps as are no sales. */
  readonly lumps: Float64Array;
}

/** The counted shelf of a series. */
export type CountedShelves = ReadonlyMap<OrderHabit, CountedShelf>;

/** Those of which snapshots tell. */
export function countedShelvesOf(shelves: readonly Shelf[]): CountedShelves {
  const told = shelves.filter(({ gone }) => !Number.isNaN(gone.at(-1) ?? NaN));
  return new Map(told.map((shelf) => [shelf.habit, countedShelfOf(shelf)]));
}

function countedShelfOf(shelf: Shelf): CountedShelf {
  const { habit, gone, retail } = shelf;
  const first = gone.findIndex((units) => !Number.isNaN(units));
  const begins = Math.max(wholeOf(habit).from, first + 1);
  const rate = sumIn(retail, { from: begins, to: gone.length }) / Math.max(1, gone.length - begins);
  let last_count = first;
  const lumps = gone.map((units, day) => {
    const left = units - (gone[day - 1] ?? NaN);
    const days = Math.max(1, day - last_count);
    if (habit.counted[day] === 1) last_count = day;
    return left > 0 ? Math.max(0, left - Math.max(1, SOLD_AT_ONCE * rate * days)) : 0;
  });
  return { ...shelf, begins, lumps: runningSums(lumps) };
}

/** Units that left unseen in a stretch, and came back less than 0; NaN where nobody tells. */
export function leftIn({ gone }: Shelf, { from, to }: Stretch): number {
  return (gone[to - 1] ?? NaN) - (gone[from - 1] ?? NaN);
}

/** Units that left unseen little by little, as sales do; NaN where nobody tells. */
export function leftSteadily(shelf: CountedShelf, stretch: Stretch): number {
  return Math.max(0, leftIn(shelf, stretch) - sumIn(shelf.lumps, stretch));
}
