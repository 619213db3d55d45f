-- The cases as they are stored.
SELECT
    alert_id, state, severity, kinds, confidence, origin_dealer_id, found_dealer_id, found_adcode, found_territory_id, sku_id, lot, units,
    value, currency, codes, first_event_time, last_event_time, raised_at, updated_at, assignee, reason,
    lapsed_at, merged_into, member_ids
FROM raw_mart_diversion_cases FINAL
