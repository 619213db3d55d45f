-- First and last local day with orders placed, and today; null without any.
-- clickhouse-client --param_time_zone=Asia/Shanghai
SELECT
    toDate32(now64(3, 'UTC'), {time_zone: String}) AS today,
    if(count() = 0, NULL, min(day)) AS first_day,
    if(count() = 0, NULL, max(day)) AS last_day
FROM mart_sales_days
WHERE placed_qty > 0
