-- Parts of days_of_supply (D2) at each `as_of`: units available by the last snapshots (at most 35 days old), and the mean daily
-- demand of the 28 whole local days before: per dealer and product the net quantity ordered on days not out of stock / the
-- number of those days. A day is out of stock when all its snapshots have nothing available.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    arrayMap(t -> toDate32(t, {time_zone: String}), instants) AS as_of_days,
    toDate32(arrayMin(instants), {time_zone: String}) - 36 AS first_day,
    -- Every series is grouped once, with one value for each `as_of`: a row for each of thirty would be grouped thirty times.
    available AS
    (
        SELECT sumForEach(arrayMap((at, units) -> if(at > 0, greatest(0, toFloat64(units)), 0), seen, latest)) AS units, maxForEach(seen) AS has_any
        FROM
        (
            SELECT
                maxForEach(known) AS seen,
                argMaxForEach(arrayMap(at -> available, known), known) AS latest
            FROM
            (
                SELECT sku_id, dealer_id, location_id, available,
                    arrayMap(instant -> if(last_at <= instant AND last_at > instant - INTERVAL 35 DAY, toUnixTimestamp64Milli(last_at), 0), instants) AS known
                FROM mart_stock_days
                WHERE day >= first_day
            )
            GROUP BY sku_id, dealer_id, location_id
        )
    ),
    days AS
    (
        SELECT dealer_id, sku_id, day, sum(qty) AS day_qty, max(is_out) AS day_out
        FROM
        (
            SELECT dealer_id, sku_id, day, toFloat64(placed_qty - cancelled_qty) AS qty, 0 AS is_out
            FROM mart_sales_days
            WHERE day >= first_day
            UNION ALL
            SELECT dealer_id, sku_id, day, 0 AS qty, 1 AS is_out
            FROM mart_stock_days
            WHERE day >= first_day
            GROUP BY dealer_id, sku_id, day
            HAVING max(available_max) <= 0
        )
        GROUP BY dealer_id, sku_id, day
    ),
    demand AS
    (
        SELECT sumForEach(arrayMap((qty, out) -> if(out = 28, 0, qty / (28 - out)), qty_in_stock, days_out)) AS daily
        FROM
        (
            SELECT
                sumForEach(arrayMap(as_of_day -> if(day_out = 0 AND day >= as_of_day - 28 AND day < as_of_day, day_qty, 0), as_of_days)) AS qty_in_stock,
                sumForEach(arrayMap(as_of_day -> day_out = 1 AND day >= as_of_day - 28 AND day < as_of_day, as_of_days)) AS days_out
            FROM days
            GROUP BY dealer_id, sku_id
        )
    )
SELECT as_of, available_units, daily_demand
FROM (SELECT units, has_any, daily FROM available CROSS JOIN demand) AS totals
ARRAY JOIN
    {as_ofs: Array(String)} AS as_of,
    -- Of nothing there are no values to add up.
    arrayResize(units, length({as_ofs: Array(String)}), 0.) AS available_units,
    arrayResize(has_any, length({as_ofs: Array(String)}), 0) AS any_at,
    arrayResize(daily, length({as_ofs: Array(String)}), 0.) AS daily_demand
WHERE any_at > 0
