-- Parts of days_of_supply (D2) at each `as_of`, over the pairs of dealer and product with a snapshot at most 35 days old: units
-- available by the last snapshots, and the daily demand of the same pairs. Where the newest forecast version of then has the pair and
-- its days are not over, that is the mean of the version's final quantities; else the net quantity ordered in the 28 whole local days
-- before, on days not out of stock / the number of those days. A day is out of stock when all its snapshots have nothing available.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    arrayMap(t -> toDate32(t, {time_zone: String}), instants) AS as_of_days,
    toDate32(arrayMin(instants), {time_zone: String}) - 36 AS first_day,
    -- The version that is read at each instant, and how many days it has; '' = none was there, or its days were over. Computed once.
    (
        SELECT arrayMap(
            (instant, as_of_day) -> arrayMap(one -> (if(as_of_day < one.3 + one.4, one.2, ''), one.4), [arrayLast(one -> one.1 <= instant, made)])[1],
            arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}),
            arrayMap(t -> toDate32(parseDateTime64BestEffort(t, 3, 'UTC'), {time_zone: String}), {as_ofs: Array(String)}))
        FROM
        (
            SELECT arraySort(groupArray((generated_at, forecast_version, toDate32(as_of, {time_zone: String}), raw_mart_forecast_versions.days))) AS made
            FROM raw_mart_forecast_versions
        )
    ) AS versions,
    -- Every series is grouped once, with one value for each `as_of`: a row for each of thirty would be grouped thirty times.
    locations AS
    (
        SELECT sku_id, dealer_id, maxForEach(known) AS seen, argMaxForEach(arrayMap(at -> available, known), known) AS latest
        FROM
        (
            SELECT sku_id, dealer_id, location_id, available,
                arrayMap(instant -> if(last_at <= instant AND last_at > instant - INTERVAL 35 DAY, toUnixTimestamp64Milli(last_at), 0), instants) AS known
            FROM mart_stock_days
            WHERE day >= first_day
        )
        GROUP BY sku_id, dealer_id, location_id
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
    -- What planners put in place of the forecast holds from one change to the next. They are few.
    changes AS
    (
        SELECT
            dealer_id, sku_id,
            arrayMap((version, instant) -> if(version.1 = forecast_version AND since <= instant AND instant < until, moved_qty / version.2, 0), versions, instants) AS change
        FROM raw_forecast_moves
        WHERE forecast_version IN (SELECT arrayJoin(versions).1)
    ),
    pairs AS
    (
        SELECT
            sumForEach(has_any) AS any_seen,
            sumForEach(units) AS available_units,
            sumForEach(ordered) AS qty_in_stock,
            sumForEach(is_out) AS days_out,
            sumForEach(is_forecast) AS has_forecast,
            sumForEach(forecast) AS daily_forecast
        FROM
        (
            SELECT
                dealer_id, sku_id,
                arrayMap(at -> at > 0, seen) AS has_any,
                arrayMap((at, units) -> if(at > 0, greatest(0, toFloat64(units)), 0), seen, latest) AS units,
                emptyArrayFloat64() AS ordered, emptyArrayUInt8() AS is_out, emptyArrayUInt8() AS is_forecast, emptyArrayFloat64() AS forecast
            FROM locations
            UNION ALL
            SELECT
                dealer_id, sku_id, emptyArrayUInt8(), emptyArrayFloat64(),
                arrayMap(as_of_day -> if(day_out = 0 AND day >= as_of_day - 28 AND day < as_of_day, day_qty, 0), as_of_days),
                arrayMap(as_of_day -> day_out = 1 AND day >= as_of_day - 28 AND day < as_of_day, as_of_days),
                emptyArrayUInt8(), emptyArrayFloat64()
            FROM days
            UNION ALL
            SELECT
                dealer_id, sku_id, emptyArrayUInt8(), emptyArrayFloat64(), emptyArrayFloat64(), emptyArrayUInt8(),
                arrayMap(version -> version.1 = forecast_version, versions),
                arrayMap(version -> if(version.1 = forecast_version, assumeNotNull(daily_mean), 0), versions)
            FROM raw_mart_forecast_series
            WHERE forecast_version IN (SELECT arrayJoin(versions).1) AND daily_mean IS NOT NULL
            UNION ALL
            SELECT dealer_id, sku_id, emptyArrayUInt8(), emptyArrayFloat64(), emptyArrayFloat64(), emptyArrayUInt8(), emptyArrayUInt8(), change
            FROM changes
        )
        GROUP BY dealer_id, sku_id
        HAVING notEmpty(any_seen)
    ),
    totals AS
    (
        SELECT
            sumForEach(available_units) AS all_units,
            sumForEach(any_seen) AS all_seen,
            sumForEach(arrayMap((at, qty, out, known, expected) -> multiIf(at = 0, 0, known > 0, expected, out = 28, 0, qty / (28 - out)),
                any_seen,
                arrayResize(qty_in_stock, length(instants), 0.), arrayResize(days_out, length(instants), 0),
                arrayResize(has_forecast, length(instants), 0), arrayResize(daily_forecast, length(instants), 0.))) AS all_demand
        FROM pairs
    )
SELECT as_of, available_units, daily_demand
FROM totals
ARRAY JOIN
    {as_ofs: Array(String)} AS as_of,
    -- Of nothing there are no values to add up.
    arrayResize(all_units, length(instants), 0.) AS available_units,
    arrayResize(all_seen, length(instants), 0) AS any_at,
    arrayResize(all_demand, length(instants), 0.) AS daily_demand
WHERE any_at > 0
