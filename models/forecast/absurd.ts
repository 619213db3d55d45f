/** Times the median sale of its series beyond which a quantity is absurd. */
export const ABSURD_TIMES = 1000;
/** Sales needed to know that median. */
const ABSURD_SALES_MIN = 8;
/** What is said of a quantity that lies beyond. */
export const ABSURD_TOLD = `more than ${ABSURD_TIMES.toLocaleString('en')} times the median sale`;

/**
 * Units beyond which a demand of this series is absurd: a slip of the keyboard, a unit of another kind, a test. `ABSURD_TIMES` times the median of
 * what it sold, days without a sale aside. Infinity where it sold too seldom to say, or nothing lies beyond.
 * @param demand units by period; NaN = missing
 */
export function absurdBound(demand: Float32Array): number {
  const sales = demand.filter((qty) => qty > 0).sort();
  if (sales.length < ABSURD_SALES_MIN) return Number.POSITIVE_INFINITY;
  const bound = ABSURD_TIMES * (sales[sales.length >> 1] as number);
  return (sales.at(-1) as number) > bound ? bound : Number.POSITIVE_INFINITY;
}
