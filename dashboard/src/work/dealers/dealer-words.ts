import type { DealerProfile } from '../../../server/dealers/dealer-rows.ts';
import { textOf, type Format } from '../../i18n/format.ts';
import type { DealerTexts } from './texts.ts';

/** A status in the reader's language; one that this page does not know is told as it came. */
export function statusText(status: string, d: DealerTexts): string {
  const texts: Readonly<Record<string, string>> = {
    prospect: d.status_prospect,
    contracted: d.status_contracted,
    active: d.status_active,
    suspended: d.status_suspended,
    closed: d.status_closed,
  };
  return texts[status] ?? status;
}

/** The name of a part of the score, likewise. */
export function partText(part: string, d: DealerTexts): string {
  const texts: Readonly<Record<string, string>> = {
    growth: d.part_growth,
    sell_through: d.part_sell_through,
    fill: d.part_fill,
    payment: d.part_payment,
    price_compliance: d.part_price_compliance,
    diversion: d.part_diversion,
    data_quality: d.part_data_quality,
  };
  return texts[part] ?? part;
}

/** A part's figure in its unit: cases are counted, all others are shares. */
export function partValue(part: string, value: number, f: Format): string {
  return part === 'diversion' ? f.integer(value) : textOf(f.percent(value));
}

/** When the licence ends, in words, and whether that needs somebody. */
export function licenceOf(
  { licence_expires, licence_days_left }: DealerProfile,
  d: DealerTexts,
  f: Format,
): { readonly text: string; readonly isUrgent: boolean } {
  if (licence_expires === null || licence_days_left === null)
    return { text: d.licence_unknown, isUrgent: false };
  if (licence_days_left < 0) return { text: d.licence_expired(licence_expires), isUrgent: true };
  return {
    text: d.licence_until(licence_expires, f.integer(licence_days_left)),
    isUrgent: licence_days_left <= LICENCE_URGENT_DAYS,
  };
}

/** From here on a licence is not renewed in time without haste. */
const LICENCE_URGENT_DAYS = 30;
