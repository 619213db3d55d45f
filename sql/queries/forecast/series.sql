-- What is known of dealers and products at an instant, and what dealers have and wait for.
-- clickhouse-client --param_as_of='2026-11-24 16:00:00' --param_first=2026-01-01 --param_last=2026-11-24
WITH
    {as_of: DateTime64(3, 'UTC')} AS instant,
    stock AS
    (
        SELECT dealer_id, sku_id, sum(latest.1) AS on_hand, sum(latest.2) AS in_transit, sum(latest.3) AS committed
        FROM
        (
            SELECT
                dealer_id, sku_id, location_id,
                argMax(tuple(toFloat64(on_hand), toFloat64(in_transit), toFloat64(committed)), last_at) AS latest
            FROM mart_stock_days
            WHERE day > toDate32(instant) - 36 AND last_at > instant - INTERVAL 35 DAY
            GROUP BY dealer_id, sku_id, location_id
        )
        GROUP BY dealer_id, sku_id
    ),
    waiting AS
    (
        -- By quantities, not by the stage that a line stands in: the rest of a line is still to come when a part of it was delivered. Until when:
        -- as replenishment-inputs.sql has it.
        SELECT dealer_id, sku_id, sum(toFloat64(on_order_qty + in_transit_qty)) AS qty
        FROM mart_order_lines
        WHERE on_order_qty + in_transit_qty > 0
            AND last_event_time > instant - toIntervalDay(if(hasAny(stages, ['shipped', 'delivered', 'returned']),
                greatest(35, ifNull(toUInt32(dictGet('raw_product_versions', 'lead_time_days', tuple(sku_id), instant)), 0)), 180))
        GROUP BY dealer_id, sku_id
    )
SELECT
    pairs.dealer_id AS dealer_id,
    pairs.sku_id AS sku_id,
    ifNull(nullIf(dictGet('raw_dealer_versions', 'name', tuple(pairs.dealer_id), instant), ''), pairs.dealer_id) AS dealer_name,
    ifNull(dictGet('raw_dealer_versions', 'adcode', tuple(pairs.dealer_id), instant), '') AS adcode,
    ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(pairs.dealer_id), instant), '') AS territory_id,
    ifNull(nullIf(dictGet('raw_product_versions', 'name', tuple(pairs.sku_id), instant), ''), pairs.sku_id) AS sku_name,
    ifNull(dictGet('raw_product_versions', 'category', tuple(pairs.sku_id), instant), '') AS category,
    waiting.qty AS open_orders_qty,
    if(stock.dealer_id = '', NULL, stock.on_hand) AS on_hand_qty,
    if(stock.dealer_id = '', NULL, stock.in_transit) AS in_transit_qty,
    if(stock.dealer_id = '', NULL, stock.committed) AS committed_qty
FROM
(
    SELECT DISTINCT dealer_id, sku_id
    FROM mart_sales_days
    WHERE day BETWEEN {first: Date32} AND {last: Date32} AND placed_qty > 0
) AS pairs
LEFT JOIN stock ON stock.dealer_id = pairs.dealer_id AND stock.sku_id = pairs.sku_id
LEFT JOIN waiting ON waiting.dealer_id = pairs.dealer_id AND waiting.sku_id = pairs.sku_id
