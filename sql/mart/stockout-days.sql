CREATE OR REPLACE VIEW mart_stockout_days {{on_cluster}}
(
    day Date32 COMMENT 'day in the zone of the installation',
    ranged UInt64 COMMENT 'pairs of dealer and product of which a snapshot is known on that day: each location''s last one holds for 35 days',
    stocked_out UInt64 COMMENT 'of them those with nothing available at the end of the day, all locations together, and a net order in the 28 local days that end with it',
    stockout_share Nullable(Float64) COMMENT 'stocked_out / ranged, 0-1; null where the feed of orders is missing',
    reason String COMMENT 'why stockout_share is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    (SELECT count() > 0 FROM raw_orders) AS has_orders,
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    -- One array a column, as in kpi-inventory_turnover: cheaper than a window over all rows.
    series AS
    (
        SELECT dealer_id, sku_id, arraySort(groupArray(raw_mart_stock_days.day)) AS days, arraySort((x, k) -> k, groupArray(available), groupArray(raw_mart_stock_days.day)) AS units
        FROM raw_mart_stock_days FINAL
        WHERE raw_mart_stock_days.day <= today
        GROUP BY sku_id, dealer_id, location_id
    ),
    stock AS
    (
        -- A location that tells nothing for a while is as it last said: neither is a zero over on the next day, nor other stock gone.
        SELECT
            arrayJoin(arrayMap(i -> from_day + i, range(toUInt64(dateDiff('day', from_day, least(from_day + 35, next_day)))))) AS day,
            dealer_id, sku_id, sum(held) AS available_qty
        FROM series
        ARRAY JOIN days AS from_day, units AS held, arrayPushBack(arrayPopFront(days), today + 1) AS next_day
        GROUP BY day, dealer_id, sku_id
    ),
    demand AS
    (
        SELECT dealer_id, sku_id, groupArray((day, placed_qty - cancelled_qty)) AS day_qty
        FROM raw_mart_sales_days FINAL
        WHERE placed_qty > 0 OR cancelled_qty > 0
        GROUP BY dealer_id, sku_id
    )
SELECT
    stock.day AS day,
    count() AS ranged,
    countIf(stock.available_qty <= 0
        AND arraySum(arrayMap(d -> if(d.1 > stock.day - 28 AND d.1 <= stock.day, d.2, toDecimal128(0, 3)), demand.day_qty)) > 0) AS stocked_out,
    if(has_orders, stocked_out / ranged, NULL) AS stockout_share,
    if(has_orders, '', 'no feed of orders: nothing is known of demand') AS reason
FROM stock
LEFT JOIN demand ON demand.dealer_id = stock.dealer_id AND demand.sku_id = stock.sku_id
GROUP BY day
COMMENT 'Stock-outs by day (D9)'
