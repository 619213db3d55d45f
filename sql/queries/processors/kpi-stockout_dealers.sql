-- stockout_dealers (D9) at each `as_of`: dealers with a product whose last snapshots (at most 35 days old, all locations
-- together) have nothing available, though it was ordered in the 28 local days before.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    toDate32(arrayMin(instants), {time_zone: String}) - 36 AS first_day,
    latest AS
    (
        SELECT as_of, dealer_id, sku_id, sum(location_available) AS available
        FROM
        (
            SELECT as_of, dealer_id, sku_id, argMax(available, last_at) AS location_available
            FROM mart_stock_days
            ARRAY JOIN {as_ofs: Array(String)} AS as_of, instants AS instant
            WHERE day >= first_day AND last_at <= instant AND last_at > instant - INTERVAL 35 DAY
            GROUP BY as_of, sku_id, dealer_id, location_id
        )
        GROUP BY as_of, dealer_id, sku_id
    ),
    wanted AS
    (
        SELECT as_of, dealer_id, sku_id
        FROM mart_sales_days
        ARRAY JOIN {as_ofs: Array(String)} AS as_of, arrayMap(t -> toDate32(t, {time_zone: String}), instants) AS as_of_day
        WHERE day >= first_day AND day > as_of_day - 28 AND day <= as_of_day
        GROUP BY as_of, dealer_id, sku_id
        HAVING sum(placed_qty - cancelled_qty) > 0
    )
SELECT
    as_of,
    uniqExact(dealer_id) AS ranged_dealers,
    uniqExactIf(dealer_id, available <= 0 AND (as_of, dealer_id, sku_id) IN (SELECT as_of, dealer_id, sku_id FROM wanted)) AS stockout_dealers
FROM latest
GROUP BY as_of
