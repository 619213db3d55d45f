CREATE OR REPLACE VIEW mart_category_plan {{on_cluster}}
(
    forecast_version String COMMENT 'the version',
    category LowCardinality(String) COMMENT 'category of the product; empty where unknown',
    month Date32 COMMENT 'first day of the month',
    days UInt16 COMMENT 'days of the month that the version forecasts: a month may be cut at both ends',
    baseline_qty Float64 COMMENT 'sum of the daily means, units',
    final_qty Float64 COMMENT 'the same with overrides, units'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    f.forecast_version AS forecast_version,
    s.category AS category,
    toDate32(toStartOfMonth(f.bucket_start)) AS month,
    toUInt16(uniqExact(f.bucket_start)) AS days,
    sum(toFloat64(f.mean)) AS baseline_qty,
    sum(ifNull(toFloat64(o.qty.1), toFloat64(f.mean))) AS final_qty
FROM raw_mart_forecasts AS f
INNER JOIN raw_mart_forecast_versions AS v ON v.forecast_version = f.forecast_version
INNER JOIN raw_mart_forecast_series AS s ON s.forecast_version = f.forecast_version AND s.dealer_id = f.dealer_id AND s.sku_id = f.sku_id
LEFT JOIN
(
    SELECT forecast_version, dealer_id, sku_id, bucket_start, argMax(tuple(override_qty), revision) AS qty
    FROM raw_mart_forecast_overrides
    WHERE bucket_grain = 'day'
    GROUP BY forecast_version, dealer_id, sku_id, bucket_start
) AS o ON o.forecast_version = f.forecast_version AND o.dealer_id = f.dealer_id AND o.sku_id = f.sku_id AND o.bucket_start = f.bucket_start
WHERE f.bucket_grain = 'day'
GROUP BY forecast_version, category, month
COMMENT 'The category plan (D7): the daily forecast summed by means, so that it is coherent with the detail'
