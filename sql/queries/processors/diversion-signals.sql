-- The newest signals that hold, of codes and of dealers; those of dealers name no code.
SELECT
    code, if(signals.sent_code = '', signals.code, signals.sent_code) AS sent_code, kind, event_time AS first_event_time, event_time, sku_id, lot, parent_code, origin_dealer_id,
    toNullable(shipped_at) AS shipped_at, found_dealer_id, region, session_id, p_inside, log_odds, units, unit_value, currency
FROM raw_mart_diversion_signals AS signals FINAL
ORDER BY event_time DESC, code, source, event_id
LIMIT {limit: UInt32}
UNION ALL
SELECT
    '' AS code, '' AS sent_code, kind, first_event_time, event_time, sku_id, '' AS lot, '' AS parent_code, origin_dealer_id,
    NULL AS shipped_at, found_dealer_id, region,
    '' AS session_id, 0 AS p_inside, log_odds, units, unit_value, currency
FROM raw_mart_dealer_signals FINAL
ORDER BY event_time DESC, kind, origin_dealer_id, sku_id, found_dealer_id, ref
LIMIT {limit: UInt32}
