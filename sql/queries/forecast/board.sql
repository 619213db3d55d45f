-- Total demand by local day for the wallboard: 42 days back, and the daily forecast of the last version with that of the one before, planners'
-- overrides in place of the means that they replace.
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
    overrides AS
    (
        SELECT forecast_version, dealer_id, sku_id, bucket_start, final_qty AS qty
        FROM mart_forecasts
        WHERE bucket_grain = 'day' AND has(versions, forecast_version)
            AND (forecast_version, dealer_id, sku_id) IN (SELECT forecast_version, dealer_id, sku_id FROM raw_mart_forecast_overrides WHERE has(versions, forecast_version))
    ),
    sums AS
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
        UNION ALL
        -- What overrides change, from the few series that have one: all others need not be joined with them.
        SELECT
            day,
            sumIf(planned - baseline, is_now),
            sumIf(pow(planned_deviation, 2) - pow(deviation, 2), is_now),
            sumIf(planned_deviation - deviation, is_now),
            0,
            0,
            sumIf(planned - baseline, NOT is_now)
        FROM
        (
            SELECT
                f.bucket_start AS day,
                f.forecast_version = versions[1] AS is_now,
                toFloat64(f.mean) AS baseline,
                o.qty AS planned,
                greatest(0, toFloat64(f.p90) - toFloat64(f.p50)) / 1.2815515655446004 AS deviation,
                core_planned_spread(deviation, baseline, planned) AS planned_deviation
            FROM raw_mart_forecasts AS f
            INNER JOIN overrides AS o ON o.forecast_version = f.forecast_version AND o.dealer_id = f.dealer_id AND o.sku_id = f.sku_id AND o.bucket_start = f.bucket_start
            WHERE f.bucket_grain = 'day' AND has(versions, f.forecast_version) AND (f.dealer_id, f.sku_id) IN (SELECT dealer_id, sku_id FROM overrides)
        )
        GROUP BY day
    ),
    forecasts AS
    (
        SELECT
            day,
            -- Sums of which parts were taken away may end a hair below nothing.
            greatest(0, sum(sums.mean)) AS mean,
            greatest(0, sum(sums.squares)) AS squares,
            greatest(0, sum(sums.deviations)) AS deviations,
            sum(sums.rows_now) AS rows_now,
            sum(sums.rows_before) AS rows_before,
            greatest(0, sum(sums.before)) AS before
        FROM sums
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
