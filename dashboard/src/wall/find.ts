import type { LiveRow } from '../../../models/contract/live.ts';
import type { AlertRow } from './alert-order.ts';

/** Something of the wall that a text leads to. */
export type Found =
  | { readonly kind: 'dealer'; readonly key: string; readonly dealer: LiveRow<'dealers.ranking'> }
  | { readonly kind: 'region'; readonly key: string; readonly adcode: string; readonly units: number }
  | { readonly kind: 'alert'; readonly key: string; readonly alert: AlertRow };

/** A list longer than this is not read. */
export const FOUND_MAX = 12;

/** What the wall knows, and how it names regions. */
export interface FindIn {
  readonly dealers: Iterable<LiveRow<'dealers.ranking'>>;
  readonly activity: ReadonlyMap<string, number>;
  readonly alerts: Iterable<AlertRow>;
  readonly region: (adcode: string | undefined) => string;
  /** The name of a region that is told by name. */
  readonly regionName: (told: string) => string;
}

/** Dealers, then regions, then alerts whose names or ids hold `text`, whatever its case; nothing for a blank text. */
export function find(text: string, { dealers, activity, alerts, region, regionName }: FindIn): Found[] {
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === '') return [];
  const holds = (...names: readonly (string | undefined)[]): boolean =>
    names.some((name) => name?.toLocaleLowerCase().includes(wanted));
  const found: Found[] = [];
  for (const dealer of dealers) {
    if (holds(dealer.name, dealer.dealer_id, dealer.region, regionName(dealer.region))) {
      found.push({ kind: 'dealer', key: `dealer:${dealer.dealer_id}`, dealer });
    }
  }
  for (const [adcode, units] of activity) {
    if (holds(region(adcode), adcode)) found.push({ kind: 'region', key: `region:${adcode}`, adcode, units });
  }
  for (const alert of alerts) {
    const places = [region(alert.origin_adcode), region(alert.found_adcode)];
    if (holds(alert.alert_id, alert.origin_dealer_name, alert.origin_dealer_id, alert.sku_id, ...places)) {
      found.push({ kind: 'alert', key: `alert:${alert.alert_id}`, alert });
    }
  }
  return found.slice(0, FOUND_MAX);
}
