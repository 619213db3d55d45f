-- Slow stock by age.
-- clickhouse-client --user analyst --param_age_days_min=90 --queries-file slow-stock-by-age.sql
SELECT dealer_id, sku_id, on_hand_qty, value, currency, age_days, daily_demand, reason
FROM mart_slow_movers
WHERE is_slow AND (age_days >= {age_days_min: UInt32} OR age_days IS NULL)
ORDER BY value DESC
LIMIT 1000
