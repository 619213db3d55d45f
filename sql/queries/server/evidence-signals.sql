-- The signals of one case and of those that are part of it: of their codes, also those of the same goods that name no region (but for what
-- was found abroad: that is a place of its own), and of their dealers and products as a whole. log_odds is what each adds; its
-- exponential is the likelihood ratio.
-- clickhouse-client --param_alert_id=dv-… --param_origin_dealer_id=D1 --param_region=440100 --param_sku_id=S1 --param_lot= --param_limit=20000
WITH about AS
    (
        SELECT {origin_dealer_id: String} AS origin, {sku_id: String} AS sku, {lot: String} AS of_lot, {region: String} AS place
        UNION ALL
        SELECT toString(origin_dealer_id), toString(sku_id), toString(lot), core_case_region(found_adcode, found_territory_id)
        FROM mart_diversion_case_members
        WHERE lead_alert_id = {alert_id: String}
    )
SELECT
    kind, code, source, event_id, event_time AS first_event_time, event_time, '' AS ref, biz_step, parent_code, origin_dealer_id,
    territory_id, shipped_at, found_dealer_id, found_adcode, p_inside, log_odds, exp(log_odds) AS likelihood_ratio, units,
    toString(unit_value) AS unit_value, currency, NULL AS expected, NULL AS observed
FROM mart_diversion_signals AS signals
WHERE (origin_dealer_id, signals.sku_id, signals.lot) IN (SELECT origin, sku, of_lot FROM about)
    AND ((region = '' AND kind != 'out_of_territory') OR (origin_dealer_id, signals.sku_id, signals.lot, region) IN (SELECT origin, sku, of_lot, place FROM about))
ORDER BY event_time, code, kind, source, event_id
LIMIT {limit: UInt32}
UNION ALL
SELECT
    kind, '' AS code, '' AS source, '' AS event_id, first_event_time, event_time, ref, '' AS biz_step, '' AS parent_code,
    origin_dealer_id, '' AS territory_id, NULL AS shipped_at, found_dealer_id, region AS found_adcode, 0 AS p_inside, log_odds,
    exp(log_odds) AS likelihood_ratio, units, toString(unit_value) AS unit_value, currency, expected, observed
FROM mart_dealer_signals AS signals
WHERE (origin_dealer_id, signals.sku_id) IN (SELECT origin, sku FROM about)
ORDER BY event_time, kind, found_dealer_id, ref
LIMIT {limit: UInt32}
