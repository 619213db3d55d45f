-- The newest signals that hold.
SELECT
    code, kind, event_time, sku_id, lot, parent_code, origin_dealer_id, found_dealer_id, found_adcode, log_odds, units,
    unit_value, currency
FROM raw_mart_diversion_signals FINAL
ORDER BY event_time DESC, code, source, event_id
LIMIT {limit: UInt32}
