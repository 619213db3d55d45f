CREATE OR REPLACE VIEW mart_lost_sales {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    days_out UInt64 COMMENT 'of the 28 local days before today those on which no snapshot had anything available',
    daily_demand Nullable(Float64) COMMENT 'mean net quantity ordered on the other days; null where there is no other',
    lost_qty Nullable(Float64) COMMENT 'days_out x daily_demand less what was ordered on those days, not below 0',
    mean_price Nullable(Float64) COMMENT 'placed value / placed quantity of the same days, in currency',
    currency LowCardinality(Nullable(String)) COMMENT 'ISO 4217 currency of mean_price and lost_value; null where nothing was ordered or in several',
    lost_value Nullable(Float64) COMMENT 'lost_qty x mean_price',
    reason String COMMENT 'why a column is null; empty = none is'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    (SELECT count() > 0 FROM raw_orders) AS has_orders,
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    days AS
    (
        SELECT dealer_id, sku_id, day, sum(net) AS ordered, sum(placed) AS placed_units, sum(worth) AS placed_worth, max(out) AS is_out, groupUniqArrayIf(money, money != '') AS moneys
        FROM
        (
            SELECT dealer_id, sku_id, day, toFloat64(placed_qty - cancelled_qty) AS net, toFloat64(placed_qty) AS placed, toFloat64(placed_value) AS worth, toString(currency) AS money, 0 AS out
            FROM mart_sales_days
            WHERE day >= today - 28 AND day < today
            UNION ALL
            SELECT dealer_id, sku_id, day, 0, 0, 0, '', 1
            FROM mart_stock_days
            WHERE day >= today - 28 AND day < today
            GROUP BY dealer_id, sku_id, day
            HAVING max(available_max) <= 0
        )
        GROUP BY dealer_id, sku_id, day
    )
SELECT
    dealer_id,
    sku_id,
    countIf(is_out = 1) AS days_out,
    if(has_orders, sumIf(ordered, is_out = 0) / nullIf(28 - days_out, 0), NULL) AS daily_demand,
    if(daily_demand IS NULL, NULL, greatest(0, days_out * daily_demand - sumIf(ordered, is_out = 1))) AS lost_qty,
    if(length(groupUniqArrayArray(moneys)) = 1, sum(placed_worth) / nullIf(sum(placed_units), 0), NULL) AS mean_price,
    if(length(groupUniqArrayArray(moneys)) = 1, toNullable(groupUniqArrayArray(moneys)[1]), NULL) AS currency,
    lost_qty * mean_price AS lost_value,
    multiIf(NOT has_orders, 'no feed of orders: nothing is known of demand', daily_demand IS NULL, 'out of stock on all 28 days', mean_price IS NULL, 'no price in one currency is known', '') AS reason
FROM days
GROUP BY dealer_id, sku_id
HAVING days_out > 0
COMMENT 'Sales lost while out of stock, over 28 days (D9)'
