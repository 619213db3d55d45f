CREATE OR REPLACE VIEW mart_days_of_supply {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    available_qty Decimal(38, 3) COMMENT 'on_hand - committed of all its locations by their last snapshots of the last 35 days, not below 0 each',
    daily_demand Float64 COMMENT 'mean net quantity ordered a day (placed - cancelled) in the 28 whole local days before today, days out of stock missing',
    days_of_supply Nullable(Float64) COMMENT 'available_qty / daily_demand; null without demand'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    stock AS
    (
        SELECT dealer_id, sku_id, sum(greatest(latest, 0)) AS available_qty
        FROM
        (
            SELECT dealer_id, sku_id, location_id, argMax(available, last_at) AS latest
            FROM raw_mart_stock_days FINAL
            WHERE day > today - 36 AND last_at <= now64(3, 'UTC') AND last_at > now64(3, 'UTC') - INTERVAL 35 DAY
            GROUP BY dealer_id, sku_id, location_id
        )
        GROUP BY dealer_id, sku_id
    ),
    demand AS
    (
        SELECT dealer_id, sku_id, sumIf(qty, is_out = 0) / nullIf(28 - countIf(is_out = 1), 0) AS daily
        FROM
        (
            SELECT dealer_id, sku_id, day, sum(day_qty) AS qty, max(out) AS is_out
            FROM
            (
                SELECT dealer_id, sku_id, day, toFloat64(placed_qty - cancelled_qty) AS day_qty, 0 AS out
                FROM raw_mart_sales_days FINAL
                WHERE day >= today - 28 AND day < today
                UNION ALL
                SELECT dealer_id, sku_id, day, 0 AS day_qty, 1 AS out
                FROM raw_mart_stock_days FINAL
                WHERE day >= today - 28 AND day < today
                GROUP BY dealer_id, sku_id, day
                HAVING max(available_max) <= 0
            )
            GROUP BY dealer_id, sku_id, day
        )
        GROUP BY dealer_id, sku_id
    )
SELECT
    stock.dealer_id AS dealer_id,
    stock.sku_id AS sku_id,
    stock.available_qty AS available_qty,
    ifNull(demand.daily, 0) AS daily_demand,
    if(daily_demand > 0, toFloat64(stock.available_qty) / daily_demand, NULL) AS days_of_supply
FROM stock
LEFT JOIN demand ON demand.dealer_id = stock.dealer_id AND demand.sku_id = stock.sku_id
COMMENT 'How long what is available lasts (D2). The demand is a trailing mean, no forecast yet'
