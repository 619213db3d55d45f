-- What a version says of given rows: as parallel arrays of grains, dealers, products and buckets.
-- clickhouse-client --param_version=fc-20261124-01 --param_grains="['day']" --param_dealers="['D1']" --param_skus="['S1']" --param_buckets="['2026-11-25']"
WITH arrayZip({grains: Array(String)}, {dealers: Array(String)}, {skus: Array(String)}, {buckets: Array(String)}) AS wanted
SELECT bucket_grain, dealer_id, sku_id, toString(bucket_start) AS bucket_start, baseline_qty, toString(override_qty) AS override_qty, final_qty
FROM mart_forecasts
WHERE forecast_version = {version: String}
    AND dealer_id IN {dealers: Array(String)}
    AND sku_id IN {skus: Array(String)}
    AND has(wanted, (toString(mart_forecasts.bucket_grain), toString(mart_forecasts.dealer_id), toString(mart_forecasts.sku_id), toString(mart_forecasts.bucket_start)))
