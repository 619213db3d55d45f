CREATE OR REPLACE VIEW mart_order_channels {{on_cluster}}
(
    month Date32 COMMENT 'first day of the local month in which the orders were placed',
    channel LowCardinality(String) COMMENT 'the way in which they were ordered: portal, mobile, rep, edi or phone',
    orders UInt64 COMMENT 'orders placed by it; an order placed by two ways counts for each',
    all_orders UInt64 COMMENT 'orders of the month by any way',
    share Float64 COMMENT 'orders / all_orders, 0-1'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH ways AS
    (
        SELECT toDate32(toStartOfMonth(toDate32(assumeNotNull(placed_at), '{{time_zone}}'))) AS month, channel, uniqExact(dealer_id, order_id) AS placed
        FROM mart_order_lines
        WHERE placed_at IS NOT NULL
        GROUP BY month, channel
    )
SELECT
    month,
    channel,
    placed AS orders,
    sum(placed) OVER (PARTITION BY month) AS all_orders,
    placed / all_orders AS share
FROM ways
COMMENT 'Share of orders by the way they are ordered (D12)'
