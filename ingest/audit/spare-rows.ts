/** A row of the ledger, by the part that it lies in and its place there. */
export interface PlacedRow {
  readonly offset: number;
  readonly part: string;
  readonly row: number;
  readonly digest: string;
}

/**
 * The rows to drop so that each offset has one: the first that equals the message stays. Without the messages
 * (`digests` null) all rows of an offset must be equal. null when one offset has no row that may stay.
 */
export function spareRows(
  rows: readonly PlacedRow[],
  digests: ReadonlyMap<number, string | null> | null,
): PlacedRow[] | null {
  const byOffset = new Map<number, PlacedRow[]>();
  for (const row of rows) {
    const beside = byOffset.get(row.offset);
    if (beside === undefined) byOffset.set(row.offset, [row]);
    else beside.push(row);
  }
  const spares: PlacedRow[] = [];
  for (const [offset, copies] of byOffset) {
    if (copies.length === 1) continue;
    const digest = digests === null ? copies[0]?.digest : digests.get(offset);
    if (digests === null && copies.some((copy) => copy.digest !== digest)) return null;
    const kept = copies.find((copy) => copy.digest === digest);
    if (kept === undefined) return null;
    spares.push(...copies.filter((copy) => copy !== kept));
  }
  return spares;
}
