-- Dealers or products ('dealer', 'sku') of one version whose id or name has a text in it.
-- clickhouse-client --param_version=fc-20261124-01 --param_kind=dealer --param_find= --param_limit=20
SELECT if({kind: String} = 'dealer', toString(dealer_id), toString(sku_id)) AS id, any(if({kind: String} = 'dealer', dealer_name, sku_name)) AS name
FROM mart_forecasts
WHERE forecast_version = {version: String} AND horizon_step = 1 AND bucket_grain = 'day'
    AND ({find: String} = '' OR positionCaseInsensitiveUTF8(if({kind: String} = 'dealer', toString(dealer_id), toString(sku_id)), {find: String}) > 0
        OR positionCaseInsensitiveUTF8(if({kind: String} = 'dealer', dealer_name, sku_name), {find: String}) > 0)
GROUP BY id
ORDER BY id
LIMIT {limit: UInt32}
