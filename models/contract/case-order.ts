import { parseDecimal } from '../money/decimal.ts';
import type { Alert, CaseSort } from './alert.ts';

/** What of a case its place in a list goes by. */
export type Placed = Pick<Alert, 'alert_id' | 'raised_at' | 'value' | 'confidence'>;

/** Place of a case in a list: the higher first, by id, falling, among those of one place. */
export interface CasePosition {
  readonly place: bigint;
  readonly alert_id: string;
}

/** Whole numbers, which no way of writing a fraction changes: `queries/server/alerts.sql` computes the same ones. */
export function positionOf(alert: Placed, sort: CaseSort): CasePosition {
  return { place: placeOf(alert, sort), alert_id: alert.alert_id };
}

/** For `sort`: below zero when `a` is listed before `b`. */
export function byPosition(a: CasePosition, b: CasePosition): number {
  if (a.place !== b.place) return a.place > b.place ? -1 : 1;
  if (a.alert_id === b.alert_id) return 0;
  return a.alert_id > b.alert_id ? -1 : 1;
}

function placeOf({ raised_at, value, confidence }: Placed, sort: CaseSort): bigint {
  switch (sort) {
    case 'newest':
      return BigInt(Date.parse(raised_at));
    case 'value':
      return parseDecimal(value);
    case 'confidence':
      return BigInt(Math.floor(confidence * 1e9));
  }
}
