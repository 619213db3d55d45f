import type { AlertKind } from '../contract/alert.ts';
import type { BizStep } from '../contract/events/scan.ts';

/** One scan of a code, with its place and what the shipment that held then says of that place. */
export interface TrailScan {
  readonly source: string;
  readonly event_id: string;
  /** RFC 3339, UTC. */
  readonly event_time: string;
  readonly biz_step: BizStep;
  /** The dealer that scanned; "" = a consumer. */
  readonly dealer_id: string;
  /** The dealer that the scanner buys from, as of the scan; "" when not known. */
  readonly dealer_parent_id: string;
  /** The container that the scan names; "" = none. */
  readonly parent_code: string;
  /** Session, else device; "" = neither is told. */
  readonly session_id: string;
  /** WGS84 degrees: of the scan, else of the dealer that made it; null = neither is known. */
  readonly lon: number | null;
  readonly lat: number | null;
  /** Radius of the position, metres. */
  readonly radius_m: number;
  /** Whether the position is the scan's own. */
  readonly has_position: boolean;
  /** Prefecture of the position, or the dealer's own county where that lies in it; "" = not known, or in none, as abroad. */
  readonly adcode: string;
  /** Of a place in no prefecture, the territory whose outline holds it; "" = none does, or the place is not known. */
  readonly found_territory_id: string;
  /** The dealer that the goods had last been supplied to before the scan; "" = none. The next three go with it. */
  readonly origin_dealer_id: string;
  readonly origin_parent_id: string;
  readonly territory_id: string;
  readonly shipped_at: string | null;
  /** Outside the territory that the dealer had when the goods were shipped to it; false also where the territory is not known. */
  readonly is_outside: boolean;
  /** Share of the position's disc that lies inside the territory, 0-1. */
  readonly share_inside: number;
  /** How far outside the territory a consumer or the dealer itself is, km; null = of others, or `BORDER_KM` and more. */
  readonly beyond_km: number | null;
  /** Whether an approved transfer from the origin has brought the goods into the territory in which they were scanned. */
  readonly is_authorised: boolean;
}

/** A shipping scan that names a dealer, of the code itself or of what contains it. */
export interface Shipment {
  readonly at: string;
  readonly to_dealer_id: string;
  /** Whether it was the container that was scanned. */
  readonly is_container: boolean;
  /** Whether it made the goods those of that dealer: not one of a dealer that neither supplies it nor buys from it (`core_is_supply`). */
  readonly is_supply: boolean;
}

/** A scan of a container that the code is or was in. */
export interface BoxScan {
  readonly at: string;
  readonly container: string;
  readonly biz_step: BizStep;
  /** The dealer that scanned. */
  readonly dealer_id: string;
  /** The dealer that a shipping scan names; "" = none. */
  readonly to_dealer_id: string;
}

/** All that is known of one code, in order of time. */
export interface Trail {
  /** What all spellings of the code have in common (`core_item_key`). So are the codes of containers. */
  readonly code: string;
  /** The code as its first scan spells it. */
  readonly sent_code: string;
  readonly level: 'unit' | 'case' | 'pallet';
  readonly sku_id: string;
  readonly lot: string;
  readonly parent_code: string;
  readonly shipments: readonly Shipment[];
  /** Scans of the containers that it is and was in directly, as such, by dealers. */
  readonly box_scans: readonly BoxScan[];
  readonly scans: readonly TrailScan[];
  readonly units: number;
  /** Decimal string; null when no price is known. */
  readonly unit_value: string | null;
  readonly currency: string;
}

/** What a rule says of a code, on the evidence of one of its scans. */
export interface CodeSignal {
  readonly kind: AlertKind;
  readonly scan: TrailScan;
  /** The dealer that answers for the goods. */
  readonly origin_dealer_id: string;
  /** Probability that nothing is wrong about the place after all. */
  readonly p_inside: number;
  /** ln of the likelihood ratio: what the signal adds to the log-odds of a diversion. */
  readonly log_odds: number;
}

/** A signal that is not told yet: late data may still explain it. */
export interface Held {
  /** What the watermark must have come to, ms since 1970. */
  readonly due_ms: number;
}

/**
 * One signal of diversion about a code: its own file, its own test, one line in `judge.ts`. Pure.
 * `watermark_ms`: event time up to which the feeds that may explain a scan out of order have come.
 */
export interface CodeRule {
  readonly kind: AlertKind;
  readonly judge: (trail: Trail, watermark_ms: number) => readonly (CodeSignal | Held)[];
}

/** Trade over a border is everyday: so far beyond its outline a territory may still be felt, km. */
export const BORDER_KM = 30;

/** Clocks of two devices may differ so much, ms. */
export const CLOCKS_MS = 15 * 60_000;

/** So long after a scan what explains it may still come, ms of event time: of feeds that tell late. One that keeps order counts as having come further. */
export const LATE_MS = 6 * 3_600_000;

/** Steps that a dealer does with goods that it has. */
export const DEALER_STEPS: ReadonlySet<BizStep> = new Set([
  'receiving',
  'stock_taking',
  'inspecting',
  'retail_selling',
]);

/** Whoever packs and ships for the manufacturer. */
export const MANUFACTURER = 'HQ';

export function isHeld(one: CodeSignal | Held): one is Held {
  return 'due_ms' in one;
}

export function isTold(one: CodeSignal | Held): one is CodeSignal {
  return !isHeld(one);
}

export function timeOf(scan: { readonly event_time: string }): number {
  return Date.parse(scan.event_time);
}

/** Whether two dealers stand in one line of supply: one buys from the other. */
export function isLine(scan: TrailScan): boolean {
  return (
    scan.dealer_id === scan.origin_dealer_id ||
    scan.dealer_parent_id === scan.origin_dealer_id ||
    scan.origin_parent_id === scan.dealer_id
  );
}
