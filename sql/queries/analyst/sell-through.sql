-- Dealers and products that sell slowest of what they had.
-- clickhouse-client --user analyst --param_sell_through_max=0.3 --queries-file sell-through.sql
SELECT dealer_id, sku_id, opening_qty, received_qty, sold_qty, sell_through
FROM mart_flow
WHERE sell_through <= {sell_through_max: Float64}
ORDER BY sell_through, dealer_id, sku_id
LIMIT 1000
