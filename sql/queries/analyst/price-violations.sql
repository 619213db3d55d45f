-- Lines placed below the floor, the deepest first.
-- clickhouse-client --user analyst --param_time_zone=Asia/Shanghai --param_since=2026-01-01 --param_depth_min=0.05 --queries-file price-violations.sql
SELECT event_time, dealer_id, supplied_by, order_id, sku_id, unit_price, floor_price, depth, shortfall, currency
FROM mart_price_violations
WHERE toDate32(event_time, {time_zone: String}) >= {since: Date32} AND depth >= {depth_min: Float64}
ORDER BY depth DESC, event_time
LIMIT 1000
