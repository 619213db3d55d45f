-- What stock-outs cost, by product.
-- clickhouse-client --user analyst --param_limit=50 --queries-file lost-sales.sql
SELECT sku_id, currency, sum(days_out) AS dealer_days_out, sum(lost_qty) AS lost_units, sum(lost_value) AS lost
FROM mart_lost_sales
GROUP BY sku_id, currency
ORDER BY lost DESC NULLS LAST, sku_id
LIMIT {limit: UInt32}
