/**
 * How many rows of one height fit into a box: lists on a wall show whole rows or none, never a cut one.
 *
 * @param height of the box, pixels
 * @param row of a row, pixels
 */
export function rowsThatFit(height: number, row: number): number {
  return row > 0 ? Math.max(0, Math.floor((height + 0.5) / row)) : 0;
}

/** Pixels of one rem now: the wall scales by it. */
export function remPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}
