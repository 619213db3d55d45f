-- What a version says of given rows.
-- echo '{"bucket_grain":"day","dealer_id":"D1","sku_id":"S1","bucket_start":"2026-11-25"}' | clickhouse-client --external --file=- --name=wanted --structure='bucket_grain String, dealer_id String, sku_id String, bucket_start String' --format=JSONEachRow --param_version=fc-20261124-01
SELECT bucket_grain, dealer_id, sku_id, toString(bucket_start) AS bucket_start, baseline_qty, toString(override_qty) AS override_qty, final_qty
FROM mart_forecasts
WHERE forecast_version = {version: String}
    AND dealer_id IN (SELECT dealer_id FROM wanted)
    AND sku_id IN (SELECT sku_id FROM wanted)
    AND (toString(mart_forecasts.bucket_grain), toString(mart_forecasts.dealer_id), toString(mart_forecasts.sku_id), toString(mart_forecasts.bucket_start)) IN (SELECT bucket_grain, dealer_id, sku_id, bucket_start FROM wanted)
