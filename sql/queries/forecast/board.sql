-- Total demand by local day for the wallboard: 42 days back, and the daily forecast of the last version with that of the one before.
-- Sums of the squares and of the single deviations ((p90 - p50) / 1.2816) let the total's spread be computed.
-- clickhouse-client --param_time_zone=Asia/Shanghai
WITH
    toDate32(now64(3, 'UTC'), {time_zone: String}) AS today,
    (SELECT groupArray(forecast_version) FROM (SELECT forecast_version FROM mart_forecast_versions ORDER BY generated_at DESC, forecast_version DESC LIMIT 2)) AS versions,
    actuals AS
    (
        SELECT day, greatest(0, sum(toFloat64(placed_qty - cancelled_qty))) AS qty
        FROM mart_sales_days
        WHERE day >= today - 42 AND day < today
        GROUP BY day
    ),
    forecasts AS
    (
        SELECT
            bucket_start AS day,
            sumIf(toFloat64(r.mean), forecast_version = versions[1]) AS mean,
            sumIf(pow(greatest(0, toFloat64(r.p90) - toFloat64(r.p50)) / 1.2815515655446004, 2), forecast_version = versions[1]) AS squares,
            sumIf(greatest(0, toFloat64(r.p90) - toFloat64(r.p50)) / 1.2815515655446004, forecast_version = versions[1]) AS deviations,
            countIf(forecast_version = versions[1]) AS rows_now,
            countIf(forecast_version = versions[2]) AS rows_before,
            sumIf(toFloat64(r.mean), forecast_version = versions[2]) AS before
        FROM raw_mart_forecasts AS r
        WHERE bucket_grain = 'day' AND has(versions, forecast_version)
        GROUP BY day
    )
SELECT
    toString(if(a.day > '1970-01-01', a.day, f.day)) AS day,
    if(a.day > '1970-01-01', a.qty, NULL) AS actual,
    if(f.rows_now > 0, f.mean, NULL) AS mean,
    f.squares AS squares,
    f.deviations AS deviations,
    if(f.rows_before > 0, f.before, NULL) AS previous
FROM actuals AS a
FULL OUTER JOIN forecasts AS f ON f.day = a.day
ORDER BY day
