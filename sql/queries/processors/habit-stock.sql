-- Units on hand and on their way at each location by the last snapshot of a day; only the first day, and days on which they changed. Days
-- are counted from `since`.
-- clickhouse-client --param_since=2026-08-01 --param_days=120
WITH
    toDate32({since: String}) AS first_day,
    snapshots AS
    (
        SELECT
            stock.dealer_id AS dealer_id, stock.sku_id AS sku_id, stock.location_id AS location_id,
            arraySort(groupArray((toUInt16(dateDiff('day', first_day, stock.day)), toFloat64(stock.on_hand + stock.in_transit)))) AS told
        FROM mart_stock_days AS stock
        WHERE stock.day >= first_day AND stock.day < first_day + {days: UInt16}
        GROUP BY dealer_id, sku_id, location_id
    )
SELECT dealer_id, sku_id, location_id, arrayMap(change -> change.1, changes) AS days, arrayMap(change -> change.2, changes) AS units
FROM
(
    SELECT
        dealer_id, sku_id, location_id,
        arrayFilter((snapshot, i) -> i = 1 OR snapshot.2 != told[i - 1].2, told, arrayEnumerate(told)) AS changes
    FROM snapshots
)
ORDER BY dealer_id, sku_id, location_id
