-- Units shipped to each dealer of each product, a day, less what it returned. Days are counted from `since`.
-- clickhouse-client --param_since=2026-08-01 --param_days=120
WITH
    toDate32({since: String}) AS first_day,
    by_day AS
    (
        SELECT
            sales.dealer_id AS dealer_id, sales.sku_id AS sku_id, toUInt16(dateDiff('day', first_day, sales.day)) AS day,
            toFloat64(sum(sales.shipped_qty - sales.returned_qty)) AS units
        FROM mart_sales_days AS sales
        WHERE sales.day >= first_day AND sales.day < first_day + {days: UInt16} AND (sales.shipped_qty != 0 OR sales.returned_qty != 0)
        GROUP BY dealer_id, sku_id, day
    )
SELECT dealer_id, sku_id, groupArray(day) AS days, groupArray(units) AS units
FROM by_day
GROUP BY dealer_id, sku_id
ORDER BY dealer_id, sku_id
