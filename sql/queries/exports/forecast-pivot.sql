-- Planned units of each product by blocks of seven days of a version's daily forecast.
-- clickhouse-client --param_version=fc-20261124-01 --param_dealer_id= --param_sku_id=
SELECT
    sku_id,
    any(sku_name) AS name,
    toUInt16(intDiv(horizon_step - 1, 7) + 1) AS block,
    min(bucket_start) AS first_day,
    sum(final_qty) AS qty
FROM mart_forecasts
WHERE forecast_version = {version: String} AND bucket_grain = 'day'
    AND ({dealer_id: String} = '' OR dealer_id = {dealer_id: String})
    AND ({sku_id: String} = '' OR mart_forecasts.sku_id = {sku_id: String})
GROUP BY sku_id, block
ORDER BY sku_id, block
