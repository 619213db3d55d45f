-- Whether a forecast is due: enough whole local days are known, and no version knows yesterday yet.
-- clickhouse-client --param_time_zone=Asia/Shanghai --param_days_min=14
WITH toDate32(now64(3, 'UTC'), {time_zone: String}) AS today
SELECT toBool(
    (SELECT count() > 0 AND dateDiff('day', min(day), today) >= {days_min: UInt32} FROM mart_sales_days WHERE placed_qty > 0 AND day < today)
    AND (SELECT count() = 0 OR toDate32(max(as_of), {time_zone: String}) < today FROM mart_forecast_versions)) AS is_due
