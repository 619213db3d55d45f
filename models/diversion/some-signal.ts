import type { StoredSignal } from './stored-signal.ts';

/** A signal for tests: what a rule says of one unit that another dealer had, as `fields` have it. */
export function someSignal(fields: Partial<StoredSignal>): StoredSignal {
  return {
    code: 'C1',
    sent_code: fields.code ?? 'C1',
    kind: 'out_of_territory',
    first_event_time: '2026-03-01T00:00:00.000Z',
    event_time: '2026-03-01T00:00:00.000Z',
    sku_id: 'SKU',
    lot: 'L',
    parent_code: '',
    origin_dealer_id: 'D1',
    shipped_at: null,
    found_dealer_id: 'D2',
    region: '440100',
    session_id: '',
    p_inside: 0,
    log_odds: Math.log(200),
    units: 1,
    unit_value: '10.10',
    currency: 'CNY',
    ...fields,
  };
}
