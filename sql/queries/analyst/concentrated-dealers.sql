-- Dealers that depend on few products: a Herfindahl index of at least so much.
-- clickhouse-client --user analyst --param_hhi_min=0.5 --queries-file concentrated-dealers.sql
SELECT dealer_id, currency, products, value, top_sku_id, top1_share, hhi
FROM mart_concentration
WHERE hhi >= {hhi_min: Float64}
ORDER BY hhi DESC, value DESC
LIMIT 1000
