-- The signals of one case: of its codes, and of its dealer and product as a whole. log_odds is what each adds; its
-- exponential is the likelihood ratio.
-- clickhouse-client --param_origin_dealer_id=D1 --param_region=440100 --param_sku_id=S1 --param_lot= --param_limit=20000
SELECT
    kind, code, source, event_id, event_time AS first_event_time, event_time, '' AS ref, biz_step, parent_code, origin_dealer_id,
    territory_id, shipped_at, found_dealer_id, found_adcode, p_inside, log_odds, exp(log_odds) AS likelihood_ratio, units,
    toString(unit_value) AS unit_value, currency, NULL AS expected, NULL AS observed
FROM mart_diversion_signals AS signals
WHERE origin_dealer_id = {origin_dealer_id: String} AND signals.sku_id = {sku_id: String} AND signals.lot = {lot: String}
  AND region = {region: String}
ORDER BY event_time, code, kind, source, event_id
LIMIT {limit: UInt32}
UNION ALL
SELECT
    kind, '' AS code, '' AS source, '' AS event_id, first_event_time, event_time, ref, '' AS biz_step, '' AS parent_code,
    origin_dealer_id, '' AS territory_id, NULL AS shipped_at, found_dealer_id, region AS found_adcode, 0 AS p_inside, log_odds,
    exp(log_odds) AS likelihood_ratio, units, toString(unit_value) AS unit_value, currency, expected, observed
FROM mart_dealer_signals AS signals
WHERE origin_dealer_id = {origin_dealer_id: String} AND signals.sku_id = {sku_id: String}
ORDER BY event_time, kind, found_dealer_id, ref
LIMIT {limit: UInt32}
