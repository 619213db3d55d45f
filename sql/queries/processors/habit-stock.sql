-- Units on hand and on their way at each location by the last snapshot of a day; only the first day, and days on which they changed; and the
-- days with a snapshot. One that is taken before noon shows what the day before left. Days are counted from `since`.
-- clickhouse-client --param_time_zone=Asia/Shanghai --param_since=2026-08-01 --param_days=120
WITH
    toDate32({since: String}) AS first_day,
    snapshots AS
    (
        SELECT
            stock.dealer_id AS dealer_id, stock.sku_id AS sku_id, stock.location_id AS location_id,
            -- Of two that show the same evening the later.
            arrayMap((day, snapshot) -> (day, snapshot.2), mapKeys(by_day), mapValues(by_day)) AS told,
            mapSort(maxMap(map(
                toUInt16(dateDiff('day', first_day, toDate32(stock.last_at - INTERVAL 12 HOUR, {time_zone: String}))),
                (stock.last_at, toFloat64(stock.on_hand + stock.in_transit))))) AS by_day
        FROM mart_stock_days AS stock
        WHERE stock.day >= first_day AND stock.day < first_day + {days: UInt16}
          AND stock.last_at >= toDateTime64({since: String}, 3, {time_zone: String}) + INTERVAL 12 HOUR
        GROUP BY dealer_id, sku_id, location_id
    )
SELECT dealer_id, sku_id, location_id, arrayMap(change -> change.1, changes) AS days, arrayMap(change -> change.2, changes) AS units, counted
FROM
(
    SELECT
        dealer_id, sku_id, location_id,
        -- Beside the days before, not by their place: a lambda that reaches for an array of the row copies it for each of its elements.
        arrayFilter((snapshot, before, i) -> i = 1 OR snapshot.2 != before.2, told, arrayPushFront(arrayPopBack(told), told[1]), arrayEnumerate(told)) AS changes,
        arrayMap(snapshot -> snapshot.1, told) AS counted
    FROM snapshots
)
ORDER BY dealer_id, sku_id, location_id
