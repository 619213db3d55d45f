/** Goods that a dealer received under an approved transfer: a unit, a case or a pallet. */
export interface Received {
  readonly code: string;
  /** What contains it; "" = nothing that is known. */
  readonly parent_code: string;
  /** RFC 3339, UTC. */
  readonly received_at: string;
  /** Units under it. */
  readonly units: number;
}

/**
 * The codes that a transfer covers: those received first, up to the quantity decided, rounded up to whole packs. What lies in
 * a case that is covered is part of it; of a case of which units were counted before, the others count. What does not fit
 * into what is left is not covered, what comes after it may be.
 */
export function coveredCodes(
  received: readonly Received[],
  decided_qty: number,
  pack_qty: number,
): ReadonlySet<string> {
  const pack = Math.max(1, pack_qty);
  let left = Math.ceil(decided_qty / pack) * pack;
  const covered = new Set<string>();
  const counted_inside = new Map<string, number>();
  for (const { code, parent_code, units } of received.toSorted(byTimeThenCode)) {
    const counts = covered.has(parent_code) ? 0 : Math.max(0, units - (counted_inside.get(code) ?? 0));
    if (counts > left) continue;
    left -= counts;
    covered.add(code);
    counted_inside.set(parent_code, (counted_inside.get(parent_code) ?? 0) + counts);
  }
  return covered;
}

function byTimeThenCode(a: Received, b: Received): number {
  if (a.received_at !== b.received_at) return a.received_at < b.received_at ? -1 : 1;
  return a.code < b.code ? -1 : 1;
}
