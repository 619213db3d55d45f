-- The signals of dealers' habits that hold.
SELECT kind, origin_dealer_id, sku_id, ref, found_dealer_id, region, first_event_time, event_time, log_odds, units,
    toString(unit_value) AS unit_value, currency, expected, observed
FROM raw_mart_dealer_signals FINAL
WHERE kind IN ('missing_scans', 'order_surge', 'paired_buyer')
ORDER BY kind, origin_dealer_id, sku_id, found_dealer_id, ref
