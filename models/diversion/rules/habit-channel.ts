import type { OrderHabit } from '../habit.ts';

const DAYS = 120;

/** A dealer of the tests that orders some 20 units every `every` days from day `first` on, and sells as much; days can be changed. */
export function habit(
  dealer_id: string,
  options: {
    readonly every?: number;
    readonly first?: number;
    readonly ordered?: (day: number, usual: number) => number;
    readonly sold?: (day: number, usual: number) => number;
    /** Units that left the shelf unseen on a day; without it nobody tells what lies there. */
    readonly gone?: (day: number) => number;
    readonly promoted?: OrderHabit['promoted'];
    /** Of what it sells on a day, what consumers buy. */
    readonly retail?: (sold: number) => number;
  } = {},
): OrderHabit {
  const as_usual = (_day: number, usual: number): number => usual;
  const { every = 5, first = 0, ordered = as_usual, sold = as_usual, gone, promoted = [] } = options;
  const { retail = (units: number) => units } = options;
  const by_day = Float64Array.from({ length: DAYS }, (_, day) => {
    const is_usual = day >= first && (day - first) % every === 0;
    // Not all orders are alike.
    return ordered(day, is_usual ? 16 + ((day * 7) % 9) : 0);
  });
  const by_day_sold = Float64Array.from({ length: DAYS }, (_, day) => sold(day, 20 / every));
  let on_shelf = 200;
  return {
    dealer_id,
    sku_id: 'S1',
    ordered: by_day,
    value: by_day.map((units) => units * 10),
    sold: by_day_sold,
    retail: by_day_sold.map(retail),
    // What is ordered is on its way on the same day.
    shipped: by_day,
    stock: by_day.map((units, day) => {
      on_shelf += units - (by_day_sold[day] ?? 0) - (gone?.(day) ?? 0);
      return gone === undefined ? NaN : on_shelf;
    }),
    counted: new Uint8Array(DAYS).fill(gone === undefined ? 0 : 1),
    promoted,
    begins: by_day.findIndex((units) => units > 0) + 1,
  };
}

/** Dealers that go on as they always did, a little out of step with one another. */
export function others(
  ordered: (day: number, usual: number) => number = (_, usual) => usual,
  gone?: (day: number) => number,
): OrderHabit[] {
  return Array.from({ length: 30 }, (_, i) =>
    habit(`U${i}`, { first: i % 5, every: 4 + (i % 4), ordered, ...(gone && { gone }) }),
  );
}
