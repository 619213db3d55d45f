import type { AlertKind } from '../contract/alert.ts';

/** A stored signal: what a rule said about one scan of a code, or about a dealer and a product. */
export interface StoredSignal {
  /** What all spellings of a code have in common; "" when the signal rests on no code. */
  readonly code: string;
  /** The code as its first scan spells it. */
  readonly sent_code: string;
  readonly kind: AlertKind;
  /** First and last event that it rests on: of a scan, the scan itself. */
  readonly first_event_time: string;
  readonly event_time: string;
  readonly sku_id: string;
  readonly lot: string;
  readonly parent_code: string;
  readonly origin_dealer_id: string;
  /** The shipment that holds for the scan; null when the signal rests on no code. */
  readonly shipped_at: string | null;
  /** "" = a consumer scanned, or there is no other dealer. */
  readonly found_dealer_id: string;
  /** Prefecture, or territory where there are none (`regionOf`), that its case is about; "" = no one region. */
  readonly region: string;
  readonly session_id: string;
  readonly p_inside: number;
  readonly log_odds: number;
  readonly units: number;
  /** Decimal string; null when no price is known. */
  readonly unit_value: string | null;
  readonly currency: string;
}

/** What one case is about: origin dealer, found region, product, lot. */
export function caseKey(signal: StoredSignal): string {
  return [signal.origin_dealer_id, signal.region, signal.sku_id, signal.lot].join('|');
}
