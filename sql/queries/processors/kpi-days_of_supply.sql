-- Parts of days_of_supply (D2) at each `as_of`: units available by the last snapshots (at most 35 days old), and the mean daily
-- demand of the 28 whole local days before: per dealer and product the net quantity ordered on days not out of stock / the
-- number of those days. A day is out of stock when all its snapshots have nothing available.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    toDate32(arrayMin(instants), {time_zone: String}) - 36 AS first_day,
    stock AS
    (
        SELECT sku_id, dealer_id, location_id, day, last_at, available, available_max
        FROM mart_stock_days
        WHERE day >= first_day
    ),
    available AS
    (
        SELECT as_of, sum(greatest(0, toFloat64(latest))) AS units
        FROM
        (
            SELECT as_of, argMax(available, last_at) AS latest
            FROM stock
            ARRAY JOIN {as_ofs: Array(String)} AS as_of, instants AS instant
            WHERE last_at <= instant AND last_at > instant - INTERVAL 35 DAY
            GROUP BY as_of, sku_id, dealer_id, location_id
        )
        GROUP BY as_of
    ),
    demand_days AS
    (
        SELECT dealer_id, sku_id, day, sum(toFloat64(placed_qty - cancelled_qty)) AS qty, 0 AS is_out
        FROM mart_sales_days
        WHERE day >= first_day
        GROUP BY dealer_id, sku_id, day
        UNION ALL
        SELECT dealer_id, sku_id, day, 0 AS qty, 1 AS is_out
        FROM stock
        GROUP BY dealer_id, sku_id, day
        HAVING max(available_max) <= 0
    ),
    demand AS
    (
        SELECT as_of, sum(qty_in_stock / nullIf(28 - days_out, 0)) AS daily
        FROM
        (
            SELECT as_of, sumIf(day_qty, day_out = 0) AS qty_in_stock, countIf(day_out = 1) AS days_out
            FROM
            (
                SELECT as_of, dealer_id, sku_id, day, sum(qty) AS day_qty, max(is_out) AS day_out
                FROM demand_days
                ARRAY JOIN {as_ofs: Array(String)} AS as_of, arrayMap(t -> toDate32(t, {time_zone: String}), instants) AS as_of_day
                WHERE day >= as_of_day - 28 AND day < as_of_day
                GROUP BY as_of, dealer_id, sku_id, day
            )
            GROUP BY as_of, dealer_id, sku_id
        )
        GROUP BY as_of
    )
SELECT available.as_of AS as_of, units AS available_units, coalesce(daily, 0) AS daily_demand
FROM available
LEFT JOIN demand ON demand.as_of = available.as_of
