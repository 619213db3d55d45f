-- orders_today_value (D4): value of the order lines placed from the local midnight before `as_of` up to `as_of`, by currency.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']" --param_time_zone=Asia/Shanghai
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    placed AS
    (
        SELECT placed_at, currency, ordered_qty * unit_price AS line_value
        FROM mart_order_moments
        WHERE moment = 'placed' AND at_day >= toDate32(arrayMin(instants)) - 2 AND placed_at >= toStartOfDay(arrayMin(instants), {time_zone: String}) AND placed_at <= arrayMax(instants)
    )
SELECT as_of, currency, toString(sum(line_value)) AS amount
FROM placed
ARRAY JOIN {as_ofs: Array(String)} AS as_of, instants AS instant
WHERE placed_at >= toStartOfDay(instant, {time_zone: String}) AND placed_at <= instant
GROUP BY as_of, currency
