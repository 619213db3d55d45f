CREATE OR REPLACE VIEW mart_forecast_accuracy {{on_cluster}}
(
    level LowCardinality(String) COMMENT 'dealer_sku_day, dealer_sku_28d, dealer_week or category_month (28 days)',
    lag_days UInt16 COMMENT 'days from as_of to the first day compared: 1, 7 or 28; for sums over 28 days 1',
    versions UInt64 COMMENT 'versions whose days have come',
    points UInt64 COMMENT 'sums compared',
    actual_qty Float64 COMMENT 'sum A: net quantity ordered (placed - cancelled), days out of stock left out',
    accuracy Nullable(Float64) COMMENT '1 - sum |A-F| / sum A of the mean; null when nothing sold',
    bias Nullable(Float64) COMMENT 'sum (F-A) / sum A; null when nothing sold',
    naive_accuracy Nullable(Float64) COMMENT 'the same of the seasonal naive forecast',
    fva Nullable(Float64) COMMENT 'forecast value added: accuracy - naive_accuracy',
    reason String COMMENT 'why accuracy, bias and fva are null; empty = they are not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    outs AS
    (
        SELECT dealer_id, sku_id, day
        FROM raw_mart_stock_days FINAL
        GROUP BY dealer_id, sku_id, day
        HAVING max(available_max) <= 0
    ),
    sold AS
    (
        SELECT dealer_id, sku_id, day, greatest(0, sum(toFloat64(placed_qty - cancelled_qty))) AS qty
        FROM raw_mart_sales_days FINAL
        GROUP BY dealer_id, sku_id, day
    ),
    days AS
    (
        SELECT
            f.forecast_version AS version, f.dealer_id AS dealer, f.sku_id AS sku, s.category AS category, f.horizon_step AS step,
            toFloat64(f.mean) AS forecast, toFloat64(f.naive) AS naive, sold.qty AS actual
        FROM raw_mart_forecasts AS f
        INNER JOIN raw_mart_forecast_versions AS v ON v.forecast_version = f.forecast_version
        INNER JOIN raw_mart_forecast_series AS s ON s.forecast_version = f.forecast_version AND s.dealer_id = f.dealer_id AND s.sku_id = f.sku_id
        LEFT JOIN sold ON sold.dealer_id = f.dealer_id AND sold.sku_id = f.sku_id AND sold.day = f.bucket_start
        WHERE f.bucket_grain = 'day' AND f.bucket_start < today
            AND (f.dealer_id, f.sku_id, f.bucket_start) NOT IN (SELECT dealer_id, sku_id, day FROM outs)
    ),
    whole AS (SELECT version FROM days GROUP BY version HAVING max(step) >= 28),
    sums AS
    (
        SELECT 'dealer_sku_day' AS level, toUInt16(step) AS lag_days, version, forecast, naive, actual
        FROM days WHERE step IN (1, 7, 28)
        UNION ALL
        SELECT 'dealer_sku_28d', toUInt16(1), version, sum(forecast), sum(naive), sum(actual)
        FROM days WHERE version IN (SELECT version FROM whole) AND step <= 28 GROUP BY version, dealer, sku
        UNION ALL
        SELECT 'dealer_week', toUInt16(multiIf(step <= 7, 1, step <= 14, 7, 28)) AS lag_days, version, sum(forecast), sum(naive), sum(actual)
        FROM days WHERE step <= 14 OR step BETWEEN 22 AND 28 GROUP BY version, dealer, lag_days
        HAVING uniqExact(step) = 7
        UNION ALL
        SELECT 'category_month', toUInt16(1), version, sum(forecast), sum(naive), sum(actual)
        FROM days WHERE version IN (SELECT version FROM whole) AND step <= 28 GROUP BY version, category
    )
SELECT
    level,
    lag_days,
    uniqExact(version) AS versions,
    count() AS points,
    sum(actual) AS actual_qty,
    if(actual_qty > 0, 1 - sum(abs(actual - forecast)) / actual_qty, NULL) AS accuracy,
    if(actual_qty > 0, sum(forecast - actual) / actual_qty, NULL) AS bias,
    if(actual_qty > 0, 1 - sum(abs(actual - naive)) / actual_qty, NULL) AS naive_accuracy,
    accuracy - naive_accuracy AS fva,
    if(actual_qty > 0, '', 'nothing was sold on those days') AS reason
FROM sums
GROUP BY level, lag_days
COMMENT 'Forecast accuracy (D18) from what was forecast then, at four levels and three lags, beside the naive forecast'
