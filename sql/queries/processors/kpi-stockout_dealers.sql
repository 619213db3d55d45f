-- stockout_dealers (D9) at each `as_of`: dealers with a product whose last snapshots (at most 35 days old, all locations
-- together) have nothing available, though it was ordered in the 28 local days before.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    arrayMap(t -> toDate32(t, {time_zone: String}), instants) AS as_of_days,
    toDate32(arrayMin(instants), {time_zone: String}) - 36 AS first_day,
    -- Every series is grouped once, with one value for each `as_of`: a row for each of thirty would be grouped thirty times.
    latest AS
    (
        SELECT dealer_id, sku_id, sumForEach(arrayMap((at, units) -> if(at > 0, units, toDecimal64(0, 3)), seen, units_then)) AS available, maxForEach(seen) AS any_seen
        FROM
        (
            SELECT dealer_id, sku_id, maxForEach(known) AS seen, argMaxForEach(arrayMap(at -> available, known), known) AS units_then
            FROM
            (
                SELECT
                    sku_id, dealer_id, location_id, mart_stock_days.available AS available,
                    arrayMap(instant -> if(last_at <= instant AND last_at > instant - INTERVAL 35 DAY, toUnixTimestamp64Milli(last_at), 0), instants) AS known
                FROM mart_stock_days
                WHERE day >= first_day
            )
            GROUP BY sku_id, dealer_id, location_id
        )
        GROUP BY dealer_id, sku_id
    ),
    wanted AS
    (
        SELECT dealer_id, sku_id, sumForEach(arrayMap(as_of_day -> if(day > as_of_day - 28 AND day <= as_of_day, placed_qty - cancelled_qty, toDecimal128(0, 3)), as_of_days)) AS net
        FROM mart_sales_days
        WHERE day >= first_day
        GROUP BY dealer_id, sku_id
    )
SELECT
    as_of,
    uniqExact(dealer_id) AS ranged_dealers,
    uniqExactIf(dealer_id, units_at <= 0 AND net_at > 0) AS stockout_dealers
FROM
(
    SELECT latest.dealer_id AS dealer_id, available, any_seen, arrayResize(wanted.net, length(instants), toDecimal128(0, 3)) AS net
    FROM latest
    LEFT JOIN wanted ON wanted.dealer_id = latest.dealer_id AND wanted.sku_id = latest.sku_id
)
ARRAY JOIN {as_ofs: Array(String)} AS as_of, available AS units_at, any_seen AS seen_at, net AS net_at
WHERE seen_at > 0
GROUP BY as_of
