import type { BoxScan, Trail, TrailScan } from './trail.ts';

/** Hours after the first of March 2026, as an instant. */
export function hour(hours: number): string {
  return new Date(Date.parse('2026-03-01T00:00:00.000Z') + hours * 3_600_000).toISOString();
}

export function ms(hours: number): number {
  return Date.parse(hour(hours));
}

export const HANGZHOU = { lon: 120.16, lat: 30.27, adcode: '330100' } as const;
export const GUANGZHOU = { lon: 113.27, lat: 23.13, adcode: '440100' } as const;
export const CHENGDU = { lon: 104.07, lat: 30.67, adcode: '510100' } as const;
export const XIAN = { lon: 108.94, lat: 34.34, adcode: '610100' } as const;

/** A receipt at D1 in Hangzhou, in whose territory it lies, of goods shipped to D1 at hour 0. */
export function scanAt(hours: number, fields: Partial<TrailScan> = {}): TrailScan {
  return {
    source: 'wms',
    event_id: `e${hours}`,
    event_time: hour(hours),
    biz_step: 'receiving',
    dealer_id: 'D1',
    dealer_parent_id: '',
    parent_code: '',
    session_id: '',
    ...HANGZHOU,
    found_territory_id: '',
    radius_m: 400,
    has_position: true,
    origin_dealer_id: 'D1',
    origin_parent_id: '',
    territory_id: 'T1',
    shipped_at: hour(0),
    is_outside: false,
    share_inside: 0,
    beyond_km: null,
    is_authorised: false,
    ...fields,
  };
}

/** A scan that no shipment precedes. */
export function unshippedAt(hours: number, fields: Partial<TrailScan> = {}): TrailScan {
  return scanAt(hours, { origin_dealer_id: '', territory_id: '', shipped_at: null, ...fields });
}

/** A consumer's scan in a session of its own. */
export function consumerAt(hours: number, fields: Partial<TrailScan> = {}): TrailScan {
  return scanAt(hours, { biz_step: 'consumer_scan', dealer_id: '', session_id: `s${hours}`, ...fields });
}

/** What a dealer does with the case CASE-1 as such. */
export function boxAt(
  hours: number,
  biz_step: BoxScan['biz_step'],
  dealer_id: string,
  fields: Partial<BoxScan> = {},
): BoxScan {
  return { at: hour(hours), container: 'CASE-1', biz_step, dealer_id, to_dealer_id: '', ...fields };
}

/** A unit of the case CASE-1, shipped to D1 at hour 0. */
export function trailOf(scans: readonly TrailScan[], fields: Partial<Trail> = {}): Trail {
  return {
    code: 'U1',
    sent_code: 'U1',
    level: 'unit',
    sku_id: 'SKU',
    lot: 'L',
    parent_code: 'CASE-1',
    shipments: [{ at: hour(0), to_dealer_id: 'D1', is_container: true, is_supply: true }],
    box_scans: [],
    scans: scans.toSorted((a, b) => (a.event_time < b.event_time ? -1 : 1)),
    units: 1,
    unit_value: '10.00',
    currency: 'CNY',
    ...fields,
  };
}
