-- One version's forecast by bucket, in total over a dealer and a product ('' = all), with the demand that came (whole buckets only)
-- and what another version had said ('' = none). Sums of the single deviations ((p90 - p50) / 1.2816) and of their squares let the
-- total's spread be computed; the quantiles are those of a single series, null for a total of several.
-- clickhouse-client --param_version=fc-20261124-01 --param_compare= --param_grain=day --param_dealer_id= --param_sku_id= --param_buckets_back=56 --param_time_zone=Asia/Shanghai
WITH
    if({grain: String} = 'week', 7, 1) AS days,
    toDate32(now64(3, 'UTC'), {time_zone: String}) AS today,
    -- as_of is the midnight that begins the first day ahead.
    (SELECT toDate32(any(as_of), {time_zone: String}) FROM mart_forecast_versions WHERE forecast_version = {version: String}) AS first_day,
    actuals AS
    (
        SELECT first_day + days * toInt32(floor(dateDiff('day', first_day, mart_sales_days.day) / days)) AS bucket, greatest(0, sum(toFloat64(placed_qty - cancelled_qty))) AS qty
        FROM mart_sales_days
        WHERE mart_sales_days.day >= first_day - days * {buckets_back: UInt32} AND mart_sales_days.day < today
            AND ({dealer_id: String} = '' OR dealer_id = {dealer_id: String}) AND ({sku_id: String} = '' OR sku_id = {sku_id: String})
        GROUP BY bucket
    ),
    -- Days without an order are days of no demand, from the first that had one.
    came AS
    (
        SELECT bucket, sum(qty) AS actual
        FROM
        (
            SELECT bucket, qty FROM actuals
            UNION ALL
            SELECT first_day + days * (number - {buckets_back: UInt32}) AS bucket, 0. AS qty
            FROM numbers(toUInt64({buckets_back: UInt32} + 400))
            WHERE (SELECT count() FROM actuals) > 0 AND bucket >= (SELECT min(actuals.bucket) FROM actuals)
        )
        WHERE bucket + days <= today
        GROUP BY bucket
    ),
    ahead AS
    (
        SELECT
            bucket_start,
            countIf(forecast_version = {version: String}) AS series,
            sumIf(toFloat64(f.mean), forecast_version = {version: String}) AS mean,
            sumIf(pow(greatest(0, toFloat64(f.p90) - toFloat64(f.p50)) / 1.2815515655446004, 2), forecast_version = {version: String}) AS squares,
            sumIf(greatest(0, toFloat64(f.p90) - toFloat64(f.p50)) / 1.2815515655446004, forecast_version = {version: String}) AS deviations,
            anyIf(f.p10, forecast_version = {version: String}) AS p10,
            anyIf(f.p50, forecast_version = {version: String}) AS p50,
            anyIf(f.p90, forecast_version = {version: String}) AS p90,
            anyIf(f.p95, forecast_version = {version: String}) AS p95,
            sumIf(toFloat64(baseline_qty), forecast_version = {version: String}) AS baseline_qty,
            sumIf(final_qty, forecast_version = {version: String}) AS final_qty,
            countIf(forecast_version = {version: String} AND override_qty IS NOT NULL) AS overrides,
            countIf(forecast_version != {version: String}) AS compared,
            sumIf(toFloat64(f.mean), forecast_version != {version: String}) AS compare_mean
        FROM mart_forecasts AS f
        WHERE forecast_version IN ({version: String}, {compare: String}) AND bucket_grain = {grain: String}
            AND ({dealer_id: String} = '' OR dealer_id = {dealer_id: String}) AND ({sku_id: String} = '' OR sku_id = {sku_id: String})
        GROUP BY bucket_start
    )
SELECT
    toString(if(ahead.bucket_start > '1970-01-01', ahead.bucket_start, came.bucket)) AS bucket_start,
    if(came.bucket > '1970-01-01', toNullable(came.actual), NULL) AS actual,
    series, ahead.mean AS mean, squares, deviations, toFloat64(ahead.p10) AS p10, toFloat64(ahead.p50) AS p50, toFloat64(ahead.p90) AS p90, toFloat64(ahead.p95) AS p95,
    ahead.baseline_qty AS baseline_qty, ahead.final_qty AS final_qty, overrides,
    if(compared > 0, toNullable(compare_mean), NULL) AS compare_mean
FROM ahead
FULL OUTER JOIN came ON came.bucket = ahead.bucket_start
ORDER BY bucket_start
