CREATE OR REPLACE VIEW mart_category_plan {{on_cluster}}
(
    forecast_version String COMMENT 'the version',
    category LowCardinality(String) COMMENT 'category of the product; empty where unknown',
    month Date32 COMMENT 'first day of the month',
    days UInt16 COMMENT 'days of the month that the version forecasts: a month may be cut at both ends',
    baseline_qty Float64 COMMENT 'sum of the means, units',
    final_qty Float64 COMMENT 'the same with overrides of days and weeks, units'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    -- Days as far as they are forecast, beyond them weeks.
    buckets AS
    (
        SELECT
            f.forecast_version AS version, s.category AS category, f.bucket_start AS first_day, any(f.bucket_grain = 'week') AS is_week,
            sum(toFloat64(f.baseline_qty)) AS baseline, sum(f.final_qty) AS planned
        FROM mart_forecasts AS f
        INNER JOIN raw_mart_forecast_versions AS v ON v.forecast_version = f.forecast_version
        INNER JOIN raw_mart_forecast_series AS s ON s.forecast_version = f.forecast_version AND s.dealer_id = f.dealer_id AND s.sku_id = f.sku_id
        WHERE f.bucket_grain = 'day' OR f.horizon_step * 7 > v.days
        GROUP BY version, category, first_day
    )
SELECT
    version AS forecast_version,
    category,
    toDate32(toStartOfMonth(first_day + toIntervalDay(day_no))) AS month,
    toUInt16(uniqExact(first_day + toIntervalDay(day_no))) AS days,
    sum(baseline / length(day_nos)) AS baseline_qty,
    sum(planned / length(day_nos)) AS final_qty
FROM (SELECT *, range(if(is_week, 7, 1)) AS day_nos FROM buckets)
ARRAY JOIN day_nos AS day_no
GROUP BY forecast_version, category, month
COMMENT 'The category plan (D7): the forecast of days, and beyond them of weeks in equal parts a day, summed by means, so that it is coherent with the detail'
