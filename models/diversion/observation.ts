import type { AlertKind } from '../contract/alert.ts';
import type { BizStep } from '../contract/events/scan.ts';

/** A scan of a code after a shipment, at a place outside the territory that the goods were shipped for. */
export interface Observation {
  readonly code: string;
  readonly source: string;
  readonly event_id: string;
  readonly event_time: string;
  readonly biz_step: BizStep;
  readonly sku_id: string;
  /** "" when not known, like the next two. */
  readonly lot: string;
  readonly parent_code: string;
  /** The dealer that scanned; "" = a consumer. */
  readonly found_dealer_id: string;
  readonly found_adcode: string;
  readonly origin_dealer_id: string;
  readonly territory_id: string;
  readonly shipped_at: string;
  /** Share of the disc of the position's radius that lies inside the territory, 0-1. */
  readonly share_inside: number;
  readonly units: number;
  /** Decimal string; null when no price is known. */
  readonly unit_value: string | null;
  readonly currency: string;
}

/** What a rule makes of an observation. */
export interface Signal {
  readonly kind: AlertKind;
  /** Probability that nothing is wrong about the place after all. */
  readonly p_inside: number;
  /** ln of the likelihood ratio: what the observation adds to the log-odds of a diversion. */
  readonly log_odds: number;
}

/** One signal of diversion: its own file, its own test, one line in `rules.ts`. Pure. Null = it says nothing. */
export interface DiversionRule {
  readonly kind: AlertKind;
  readonly signal: (observation: Observation) => Signal | null;
}
