-- What each dealer ordered of each product, a day, and what it sold, to consumers alone and in all: lines by the day of their placing, without cancelled ones. Days are
-- counted from `since`.
-- clickhouse-client --param_time_zone=Asia/Shanghai --param_since=2026-08-01 --param_days=120
WITH
    toDate32({since: String}) AS first_day,
    parts AS
    (
        SELECT
            lines.dealer_id AS dealer_id, lines.sku_id AS sku_id,
            toUInt16(dateDiff('day', first_day, toDate32(assumeNotNull(lines.placed_at), {time_zone: String}))) AS day,
            toFloat64(lines.ordered_qty) AS ordered, toFloat64(lines.ordered_qty * lines.unit_price) AS value, 0. AS sold, 0. AS retail
        FROM mart_order_lines AS lines
        WHERE lines.placed_at >= toDateTime64({since: String}, 3, {time_zone: String})
          AND lines.placed_at < toDateTime64(toString(first_day + {days: UInt16}), 3, {time_zone: String})
          AND lines.stage != 'cancelled'
        UNION ALL
        SELECT
            sales.dealer_id AS dealer_id, sales.sku_id AS sku_id, toUInt16(dateDiff('day', first_day, sales.day)) AS day,
            0. AS ordered, 0. AS value, toFloat64(sales.sold_units) AS sold, toFloat64(sales.retail_units) AS retail
        FROM mart_sold_days AS sales
        WHERE sales.day >= first_day AND sales.day < first_day + {days: UInt16}
    ),
    by_day AS
    (
        SELECT dealer_id, sku_id, day, sum(ordered) AS ordered, sum(value) AS value, sum(sold) AS sold, sum(retail) AS retail
        FROM parts
        GROUP BY dealer_id, sku_id, day
    )
SELECT
    dealer_id, sku_id,
    groupArray(day) AS days, groupArray(ordered) AS ordered, groupArray(value) AS value, groupArray(sold) AS sold, groupArray(retail) AS retail
FROM by_day
GROUP BY dealer_id, sku_id
HAVING arraySum(ordered) > 0
ORDER BY dealer_id, sku_id
