-- Pairs of dealer and product of a version that have one of the named dealers or products.
-- clickhouse-client --param_version=fc-20261124-01 --param_dealers="['D1']" --param_skus="['S1']"
SELECT DISTINCT dealer_id, sku_id
FROM mart_forecasts
WHERE forecast_version = {version: String} AND horizon_step = 1
    AND (dealer_id IN {dealers: Array(String)} OR sku_id IN {skus: Array(String)})
