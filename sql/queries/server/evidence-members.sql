-- The cases that are part of a case, each by itself.
-- clickhouse-client --param_alert_id=dv-… --param_limit=100
SELECT
    alert_id, lead_alert_id, kinds, confidence, origin_dealer_id, found_adcode, found_territory_id, sku_id, lot, units, toString(value) AS value, currency,
    first_event_time, last_event_time, raised_at, lapsed_at
FROM mart_diversion_case_members
WHERE lead_alert_id = {alert_id: String}
ORDER BY alert_id
LIMIT {limit: UInt32}
