-- Parts of inventory_turnover (D2) at each `as_of`, by currency: COGS of the 90 local days that end with the day of `as_of`,
-- and the time-weighted average value of all stock from the first of them (or the first snapshot) to `as_of`. A snapshot
-- holds until the next one of its location and product, at most 35 days. COGS counts only days from that first snapshot on.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    toDate32(arrayMin(instants), {time_zone: String}) - 90 - 35 AS first_day,
    spans AS
    (
        SELECT
            currency, first_at, last_at, value, value_seconds,
            leadInFrame(first_at, 1, last_at + INTERVAL 35 DAY)
                OVER (PARTITION BY sku_id, dealer_id, location_id ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS next_at,
            least(next_at, last_at + INTERVAL 35 DAY) AS until
        FROM mart_stock_days
        WHERE day >= first_day
    ),
    stock AS
    (
        SELECT
            as_of, currency, instant,
            toDateTime64(toString(toDate32(instant, {time_zone: String}) - 89), 3, {time_zone: String}) AS window_start,
            min(greatest(first_at, window_start)) AS covered_from,
            sum(
                -- Within the day: whole, but for the part of a day that the window cuts, which is taken in proportion.
                if(last_at > first_at,
                    toFloat64(value_seconds) * greatest(0, dateDiff('millisecond', greatest(first_at, window_start), least(last_at, instant)))
                        / dateDiff('millisecond', first_at, last_at), 0)
                + toFloat64(value) * greatest(0, dateDiff('millisecond', greatest(last_at, window_start), least(until, instant))) / 1000
            ) AS held_value_seconds
        FROM spans
        ARRAY JOIN {as_ofs: Array(String)} AS as_of, instants AS instant
        WHERE first_at < instant AND until > window_start
        GROUP BY as_of, currency, instant
    ),
    cost_days AS
    (
        SELECT day, cost_currency, sum(shipped_cost - returned_cost) AS cogs, sum(mart_sales_days.uncosted_qty) AS uncosted
        FROM mart_sales_days
        WHERE day >= first_day AND (shipped_qty > 0 OR returned_qty > 0)
        GROUP BY day, cost_currency
    )
SELECT
    as_of,
    currency,
    held_value_seconds / (dateDiff('millisecond', covered_from, instant) / 1000) AS average_value,
    dateDiff('millisecond', covered_from, instant) / 86400000 AS days,
    toFloat64(sumIf(cost_days.cogs, (cost_days.day BETWEEN from_day AND to_day) AND cost_currency = currency)) AS cogs,
    toFloat64(sumIf(cost_days.uncosted, (cost_days.day BETWEEN from_day AND to_day))) AS uncosted_qty
FROM (SELECT *, toDate32(covered_from, {time_zone: String}) AS from_day, toDate32(instant, {time_zone: String}) AS to_day FROM stock) AS stock
CROSS JOIN (SELECT * FROM cost_days UNION ALL SELECT toDate32('1970-01-01'), '', 0, 0) AS cost_days
GROUP BY as_of, currency, held_value_seconds, covered_from, instant, from_day, to_day
