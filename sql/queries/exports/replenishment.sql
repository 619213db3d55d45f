-- The export of suggested orders by their ids: of a dealer, a product, a state and a forecast ('' = all).
-- clickhouse-client --param_dealer_id= --param_sku_id= --param_state= --param_forecast_version=
SELECT *
FROM mart_replenishment
WHERE ({dealer_id: String} = '' OR mart_replenishment.dealer_id = {dealer_id: String})
    AND ({sku_id: String} = '' OR mart_replenishment.sku_id = {sku_id: String})
    AND ({state: String} = '' OR mart_replenishment.state = {state: String})
    AND ({forecast_version: String} = '' OR mart_replenishment.forecast_version = {forecast_version: String})
ORDER BY mart_replenishment.suggestion_id
