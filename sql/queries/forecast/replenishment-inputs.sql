-- For each dealer and product of a forecast version with a stock snapshot: its daily forecast, stock, terms and place.
-- clickhouse-client --param_version=fc-20261124-01
WITH
    ahead AS
    (
        SELECT dealer_id, sku_id, groupArray(toFloat64(m)) AS means, groupArray(toFloat64(q50)) AS p50s, groupArray(toFloat64(q90)) AS p90s
        FROM
        (
            SELECT dealer_id, sku_id, mean AS m, p50 AS q50, p90 AS q90
            FROM raw_mart_forecasts
            WHERE forecast_version = {version: String} AND bucket_grain = 'day'
            ORDER BY dealer_id, sku_id, horizon_step
        )
        GROUP BY dealer_id, sku_id
    ),
    waiting AS
    (
        SELECT dealer_id, sku_id, sum(toFloat64(ordered_qty)) AS qty
        FROM mart_order_lines
        WHERE stage NOT IN ('shipped', 'delivered', 'cancelled', 'returned')
        GROUP BY dealer_id, sku_id
    ),
    investigated AS
    (
        SELECT DISTINCT origin_dealer_id AS dealer_id
        FROM mart_diversion_cases
        WHERE state IN ('open', 'acknowledged', 'investigating', 'confirmed')
        UNION DISTINCT
        SELECT members.origin_dealer_id AS dealer_id
        FROM mart_diversion_case_members AS members
        INNER JOIN mart_diversion_cases AS leads ON leads.alert_id = members.lead_alert_id
        WHERE leads.state IN ('open', 'acknowledged', 'investigating', 'confirmed')
    )
SELECT
    s.dealer_id AS dealer_id,
    s.sku_id AS sku_id,
    a.means AS means,
    a.p50s AS p50s,
    a.p90s AS p90s,
    ifNull(s.on_hand_qty, 0) AS on_hand,
    ifNull(s.in_transit_qty, 0) AS in_transit,
    ifNull(s.committed_qty, 0) AS committed,
    w.qty AS on_order,
    toFloat64(p.lead_time_days) AS lead_time_days,
    toFloat64(p.pack_qty) AS pack_qty,
    toFloat64(p.list_price) - toFloat64(p.unit_cost) AS margin,
    ifNull(p.currency, '') AS currency,
    d.lat AS lat,
    d.lon AS lon,
    s.dealer_id IN (SELECT dealer_id FROM investigated) AS is_investigated
FROM raw_mart_forecast_series AS s
INNER JOIN ahead AS a ON a.dealer_id = s.dealer_id AND a.sku_id = s.sku_id
LEFT JOIN waiting AS w ON w.dealer_id = s.dealer_id AND w.sku_id = s.sku_id
LEFT JOIN (SELECT sku_id, lead_time_days, pack_qty, list_price, unit_cost, currency FROM core_products WHERE is_current) AS p ON p.sku_id = s.sku_id
LEFT JOIN (SELECT dealer_id, lat, lon FROM core_dealers WHERE is_current) AS d ON d.dealer_id = s.dealer_id
WHERE s.forecast_version = {version: String} AND isNotNull(s.on_hand_qty)
ORDER BY s.sku_id, s.dealer_id
SETTINGS join_use_nulls = 1
