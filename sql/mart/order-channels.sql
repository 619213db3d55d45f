CREATE OR REPLACE VIEW mart_order_channels {{on_cluster}}
(
    month Date32 COMMENT 'first day of the local month in which the orders were placed',
    channel LowCardinality(String) COMMENT 'the way in which they were ordered: portal, mobile, rep, edi or phone',
    orders UInt64 COMMENT 'orders placed by it; an order placed by two ways counts for each',
    all_orders UInt64 COMMENT 'orders of the month by any way',
    share Float64 COMMENT 'orders / all_orders, 0-1; where orders are placed by two ways the shares of a month sum to more than 1'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    placed AS
    (
        SELECT toDate32(toStartOfMonth(toDate32(assumeNotNull(placed_at), '{{time_zone}}'))) AS month, dealer_id, order_id, groupUniqArray(channel) AS ways
        FROM mart_order_lines
        WHERE placed_at IS NOT NULL
        GROUP BY month, dealer_id, order_id
    ),
    months AS
    (
        SELECT month, count() AS any_way, sumMap(ways, arrayMap(way -> toUInt64(1), ways)) AS by_way
        FROM placed
        GROUP BY month
    )
SELECT
    month,
    way AS channel,
    by_it AS orders,
    any_way AS all_orders,
    orders / all_orders AS share
FROM months
ARRAY JOIN by_way.1 AS way, by_way.2 AS by_it
COMMENT 'Share of orders by the way they are ordered (D12)'
