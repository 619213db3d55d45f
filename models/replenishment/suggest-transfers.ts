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

/**
 * Matches shortages of one SKU with surpluses: the best gain ÷ cost first, a surplus promised once, a shortage filled once,
 * whole packs only and never more than is missing (rounded up). Greedy: each step takes the best transfer that is left.
 * The same sites in any order give the same suggestions. A dealer that gives does not receive.
 *
 * A step changes only what its giver and its receiver can still do, so each giver's best is kept, and looked for anew where one of the two
 * is part of it: givers × receivers evaluations and some for each step, not all of them at each.
 */
export function suggestTransfers(
  sites: readonly TransferSite[],
  terms: TransferTerms,
): readonly TransferSuggestion[] {
  const receivers = sites
    .filter(({ shortage }) => shortage > 0)
    .map(({ dealer_id, shortage }) => ({ dealer_id, missing: shortage }));
  const givers = sites
    .filter((site) => surplusOf(site) >= terms.pack_qty && site.shortage <= 0)
    .map((site) => new Giver(site, receivers, terms));
  const chosen: TransferSuggestion[] = [];
  for (;;) {
    let giver: Giver | undefined;
    for (const one of givers)
      if (one.best !== null && (giver === undefined || isWorthMore(one.best, giver.best))) giver = one;
    const best = giver?.best ?? null;
    if (giver === undefined || best === null) return chosen;
    chosen.push(best);
    const to = receivers.findIndex(({ dealer_id }) => dealer_id === best.to_dealer_id);
    const receiver = receivers[to] as Receiver;
    receiver.missing = Math.max(0, receiver.missing - best.qty);
    giver.give(best.qty);
    for (const one of givers) if (one !== giver) one.receiverChanged(to);
  }
}

interface Receiver {
  readonly dealer_id: string;
  missing: number;
}

/** A dealer with a surplus, and the best of the transfers that it can make now. */
class Giver {
  best: TransferSuggestion | null = null;
  readonly #dealer_id: string;
  readonly #receivers: readonly Receiver[];
  readonly #terms: TransferTerms;
  /** By receiver; null = no transfer there. */
  readonly #lanes: readonly ReturnType<TransferTerms['lane']>[];
  #surplus: number;

  constructor(site: TransferSite, receivers: readonly Receiver[], terms: TransferTerms) {
    this.#dealer_id = site.dealer_id;
    this.#receivers = receivers;
    this.#terms = terms;
    this.#surplus = surplusOf(site);
    this.#lanes = receivers.map(({ dealer_id }) =>
      terms.cools_down(site.dealer_id, dealer_id) ? null : terms.lane(site.dealer_id, dealer_id),
    );
    this.#lookForBest();
  }

  give(qty: number): void {
    this.#surplus -= qty;
    this.#lookForBest();
  }

  receiverChanged(to: number): void {
    if (this.best?.to_dealer_id === this.#receivers[to]?.dealer_id) this.#lookForBest();
    else this.#consider(to);
  }

  #lookForBest(): void {
    this.best = null;
    for (let to = 0; to < this.#receivers.length; to++) this.#consider(to);
  }

  #consider(to: number): void {
    const one = this.#transferTo(to);
    if (one !== null && isWorthMore(one, this.best)) this.best = one;
  }

  #transferTo(to: number): TransferSuggestion | null {
    const lane = this.#lanes[to] ?? null;
    const { dealer_id, missing } = this.#receivers[to] as Receiver;
    if (lane === null) return null;
    const { pack_qty, gain_per_unit, gain_min } = this.#terms;
    const packs = Math.min(Math.ceil(missing / pack_qty), Math.floor(this.#surplus / pack_qty));
    if (packs <= 0) return null;
    const qty = packs * pack_qty;
    const gain = Math.min(qty, missing) * gain_per_unit;
    const cost = lane.fixed + lane.per_unit * qty;
    if (gain - cost < gain_min) return null;
    return { from_dealer_id: this.#dealer_id, to_dealer_id: dealer_id, qty, gain, cost };
  }
}

function isWorthMore(one: TransferSuggestion, than: TransferSuggestion | null): boolean {
  return than === null || byWorth(one, than) < 0;
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
