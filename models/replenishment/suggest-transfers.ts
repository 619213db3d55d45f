/** One SKU at one dealer, as a transfer sees it. Units. */
export interface TransferSite {
  readonly dealer_id: string;
  /** Available now: on_hand − committed. */
  readonly stock: number;
  /** Mean demand until the horizon. */
  readonly demand: number;
  /** What a donor keeps beyond its demand. */
  readonly buffer: number;
  /** What will be missing before anything else can arrive; 0 for none. */
  readonly shortage: number;
  /** Under investigation for diversion: gives nothing. */
  readonly investigated: boolean;
}

/** What holds for all transfers of a run. */
export interface TransferTerms {
  /** Worth of one unit that is not missing, in money. */
  readonly gain_per_unit: number;
  /** Cost of a transfer between two dealers, in money: a fixed part and one by unit; null = the lane is forbidden. */
  readonly lane: (from: string, to: string) => { readonly fixed: number; readonly per_unit: number } | null;
  /** A transfer that gains less, net of its cost, is not suggested. */
  readonly gain_min: number;
  /** Whether the opposite way was used so lately that goods would only go round: no A→B→A. */
  readonly cools_down: (from: string, to: string) => boolean;
  /** Moves are whole packs. */
  readonly pack_qty: number;
}

export interface TransferSuggestion {
  readonly from_dealer_id: string;
  readonly to_dealer_id: string;
  readonly qty: number;
  /** Money: worth of the units that will not be missing. */
  readonly gain: number;
  /** Money. */
  readonly cost: number;
}

/** stock − demand to the horizon − the donor's buffer, never below 0; nothing while under investigation. */
export function surplusOf(site: TransferSite): number {
  return site.investigated ? 0 : Math.max(0, site.stock - site.demand - site.buffer);
}

interface Candidate {
  readonly from: TransferSite;
  readonly to: TransferSite;
}

/**
 * Matches shortages of one SKU with surpluses: the best gain ÷ cost first, a surplus promised once, a shortage filled once,
 * whole packs only and never more than is missing (rounded up). Greedy: each step takes the best transfer that is left.
 * The same sites in any order give the same suggestions. A dealer that gives does not receive.
 */
export function suggestTransfers(
  sites: readonly TransferSite[],
  terms: TransferTerms,
): readonly TransferSuggestion[] {
  const surplus = new Map(sites.map((site) => [site.dealer_id, surplusOf(site)]));
  const shortage = new Map(sites.map((site) => [site.dealer_id, Math.max(0, site.shortage)]));
  const candidates: readonly Candidate[] = sites
    .filter((from) => (surplus.get(from.dealer_id) ?? 0) >= terms.pack_qty && from.shortage <= 0)
    .flatMap((from) => sites.filter((to) => to.shortage > 0 && to !== from).map((to) => ({ from, to })))
    .filter(({ from, to }) => !terms.cools_down(from.dealer_id, to.dealer_id));
  const chosen: TransferSuggestion[] = [];
  for (;;) {
    const best = candidates
      .map(({ from, to }) => evaluate(from, to, surplus, shortage, terms))
      .filter((one) => one !== null)
      .toSorted(byWorth)[0];
    if (best === undefined) return chosen;
    chosen.push(best);
    surplus.set(best.from_dealer_id, (surplus.get(best.from_dealer_id) ?? 0) - best.qty);
    shortage.set(best.to_dealer_id, Math.max(0, (shortage.get(best.to_dealer_id) ?? 0) - best.qty));
  }
}

function evaluate(
  from: TransferSite,
  to: TransferSite,
  surplus: ReadonlyMap<string, number>,
  shortage: ReadonlyMap<string, number>,
  terms: TransferTerms,
): TransferSuggestion | null {
  const lane = terms.lane(from.dealer_id, to.dealer_id);
  if (lane === null) return null;
  const missing = shortage.get(to.dealer_id) ?? 0;
  const packs = Math.min(
    Math.ceil(missing / terms.pack_qty),
    Math.floor((surplus.get(from.dealer_id) ?? 0) / terms.pack_qty),
  );
  if (packs <= 0) return null;
  const qty = packs * terms.pack_qty;
  const gain = Math.min(qty, missing) * terms.gain_per_unit;
  const cost = lane.fixed + lane.per_unit * qty;
  if (gain - cost < terms.gain_min) return null;
  return { from_dealer_id: from.dealer_id, to_dealer_id: to.dealer_id, qty, gain, cost };
}

/** Most gain for the cost first; equal ones by name, so that no order of input decides. */
function byWorth(a: TransferSuggestion, b: TransferSuggestion): number {
  const worth = b.gain * a.cost - a.gain * b.cost;
  if (worth !== 0) return worth;
  if (a.from_dealer_id !== b.from_dealer_id) return a.from_dealer_id < b.from_dealer_id ? -1 : 1;
  return a.to_dealer_id < b.to_dealer_id ? -1 : 1;
}

/** The same (lane, SKU, cycle) has the same id in every run. */
export function transferSuggestionId(from: string, to: string, sku_id: string, cycle: string): string {
  return `tr:${[from, to, sku_id].map(encodeURIComponent).join(':')}:${cycle}`;
}
