-- The export of suggested transfers by their ids: of a dealer, a product, a state and a forecast ('' = all).
-- clickhouse-client --param_dealer_id= --param_sku_id= --param_state= --param_forecast_version=
SELECT *
FROM mart_transfers
WHERE ({dealer_id: String} = '' OR mart_transfers.from_dealer_id = {dealer_id: String} OR mart_transfers.to_dealer_id = {dealer_id: String})
    AND ({sku_id: String} = '' OR mart_transfers.sku_id = {sku_id: String})
    AND ({state: String} = '' OR mart_transfers.state = {state: String})
    AND ({forecast_version: String} = '' OR mart_transfers.forecast_version = {forecast_version: String})
ORDER BY mart_transfers.suggestion_id
