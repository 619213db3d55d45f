CREATE OR REPLACE VIEW mart_forecast_accuracy {{on_cluster}}
(
    level LowCardinality(String) COMMENT 'dealer_sku_day, dealer_sku_28d, dealer_week or category_month (28 days)',
    lag_days UInt16 COMMENT 'days from the last known day to the first day compared: 1, 7 or 28',
    versions UInt64 COMMENT 'versions of which all days compared have come',
    points UInt64 COMMENT 'sums compared',
    actual_qty Float64 COMMENT 'sum A: demand as it is forecast (consumed_qty of mart_demand_days), days out of stock left out, and absurd ones (quality_flag of mart_forecasts)',
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
    sold AS (SELECT dealer_id, sku_id, day, consumed_qty AS qty FROM mart_demand_days),
    -- What is absurd is missing, as where it is forecast from (models/forecast/absurd.ts: a test compares the numbers).
    absurd AS
    (
        SELECT dealer_id, sku_id, one.2 AS day
        FROM
        (
            SELECT dealer_id, sku_id, arraySort(groupArray((qty, day))) AS sales
            FROM sold
            WHERE qty > 0 AND (dealer_id, sku_id, day) NOT IN (SELECT dealer_id, sku_id, day FROM outs)
            GROUP BY dealer_id, sku_id
            HAVING length(sales) >= 8
        )
        ARRAY JOIN arrayFilter(sale -> sale.1 > 1000 * sales[intDiv(length(sales), 2) + 1].1, sales) AS one
    ),
    -- Level, lag and number of days of each sum.
    arrayFlatten(arrayMap(lag -> [('dealer_sku_day', lag, 1), ('dealer_sku_28d', lag, 28), ('dealer_week', lag, 7), ('category_month', lag, 28)], [1, 7, 28])) AS windows,
    -- Beyond the daily forecast the weekly one, in equal parts a day: what begins 28 days ahead reaches beyond.
    days AS
    (
        SELECT
            f.forecast_version AS version, f.dealer_id AS dealer, f.sku_id AS sku, s.category AS category,
            toDate32(v.as_of, '{{time_zone}}') AS first_day, greatest(v.days, v.weeks * 7) AS reach,
            if(f.bucket_grain = 'day', f.horizon_step, 7 * f.horizon_step - 6 + day_no) AS step,
            toFloat64(f.mean) / length(day_nos) AS forecast, toFloat64(f.naive) / length(day_nos) AS naive,
            f.bucket_start + toIntervalDay(day_no) AS day
        FROM (SELECT *, range(if(bucket_grain = 'day', 1, 7)) AS day_nos FROM raw_mart_forecasts) AS f
        ARRAY JOIN day_nos AS day_no
        INNER JOIN raw_mart_forecast_versions AS v ON v.forecast_version = f.forecast_version
        INNER JOIN raw_mart_forecast_series AS s ON s.forecast_version = f.forecast_version AND s.dealer_id = f.dealer_id AND s.sku_id = f.sku_id
        WHERE (f.bucket_grain = 'day' OR f.horizon_step * 7 > v.days) AND step <= 55 AND day < today
    ),
    compared AS
    (
        SELECT days.*, sold.qty AS actual
        FROM days
        LEFT JOIN sold ON sold.dealer_id = days.dealer AND sold.sku_id = days.sku AND sold.day = days.day
        WHERE (days.dealer, days.sku, days.day) NOT IN (SELECT dealer_id, sku_id, day FROM outs UNION ALL SELECT dealer_id, sku_id, day FROM absurd)
    ),
    sums AS
    (
        SELECT
            of_sum.1 AS level, toUInt16(of_sum.2) AS lag_days, version,
            sum(compared.forecast) AS forecast, sum(compared.naive) AS naive, sum(compared.actual) AS actual
        FROM compared
        -- Whole sums only: their last day has come, and is within the version's reach.
        ARRAY JOIN arrayFilter(
            w -> step >= w.2 AND step < w.2 + w.3 AND w.2 + w.3 - 1 <= reach AND first_day + toIntervalDay(w.2 + w.3 - 1) <= today,
            windows) AS of_sum
        GROUP BY
            level, lag_days, version,
            if(level = 'category_month', toString(category), toString(dealer)),
            if(level IN ('dealer_sku_day', 'dealer_sku_28d'), toString(sku), '')
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
