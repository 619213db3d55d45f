import type { AlertKind } from '../../models/contract/alert.ts';

/** One labelled deed, grouped as a case is: by origin, found region, product and lot. Kept apart from the stream. */
export interface TruthRow {
  readonly kind: AlertKind;
  readonly injection_id: string;
  readonly origin_dealer_id: string;
  readonly found_dealer_id: string | null;
  readonly found_adcode: string | null;
  readonly sku_id: string;
  readonly lot: string | null;
  /** Codes of units or cases that carry evidence in the stream; for a kind that needs none, empty. */
  readonly codes: string[];
  first_event_time_ms: number;
  last_event_time_ms: number;
}

/** What a row is about, without its evidence. */
export type Deed = Omit<TruthRow, 'codes' | 'first_event_time_ms' | 'last_event_time_ms'>;

/** Gathers evidence into rows. */
export class TruthLog {
  readonly #rows = new Map<string, TruthRow>();

  add(deed: Deed, code: string | null, time_ms: number): void {
    const key = [deed.injection_id, deed.found_adcode, deed.lot].join('|');
    const row = this.#rows.get(key) ?? {
      ...deed,
      codes: [],
      first_event_time_ms: time_ms,
      last_event_time_ms: time_ms,
    };
    this.#rows.set(key, row);
    if (code !== null && !row.codes.includes(code)) row.codes.push(code);
    row.first_event_time_ms = Math.min(row.first_event_time_ms, time_ms);
    row.last_event_time_ms = Math.max(row.last_event_time_ms, time_ms);
  }

  rows(): TruthRow[] {
    return [...this.#rows.values()];
  }
}
