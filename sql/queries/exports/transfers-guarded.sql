-- The same for spreadsheets: a text that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV injection).
-- clickhouse-client --param_dealer_id= --param_sku_id= --param_state= --param_forecast_version=
SELECT * REPLACE (
    if(match(ifNull(toString(suggestion_id), ''), '^[=+@\\t\\r-]'), concat('''', toString(suggestion_id)), toString(suggestion_id)) AS suggestion_id,
    if(match(ifNull(toString(from_dealer_id), ''), '^[=+@\\t\\r-]'), concat('''', toString(from_dealer_id)), toString(from_dealer_id)) AS from_dealer_id,
    if(match(ifNull(toString(to_dealer_id), ''), '^[=+@\\t\\r-]'), concat('''', toString(to_dealer_id)), toString(to_dealer_id)) AS to_dealer_id,
    if(match(ifNull(toString(sku_id), ''), '^[=+@\\t\\r-]'), concat('''', toString(sku_id)), toString(sku_id)) AS sku_id,
    if(match(ifNull(toString(from_dealer_name), ''), '^[=+@\\t\\r-]'), concat('''', toString(from_dealer_name)), toString(from_dealer_name)) AS from_dealer_name,
    if(match(ifNull(toString(to_dealer_name), ''), '^[=+@\\t\\r-]'), concat('''', toString(to_dealer_name)), toString(to_dealer_name)) AS to_dealer_name,
    if(match(ifNull(toString(sku_name), ''), '^[=+@\\t\\r-]'), concat('''', toString(sku_name)), toString(sku_name)) AS sku_name,
    if(match(ifNull(toString(decision_reason), ''), '^[=+@\\t\\r-]'), concat('''', toString(decision_reason)), toString(decision_reason)) AS decision_reason,
    if(match(ifNull(toString(decided_by), ''), '^[=+@\\t\\r-]'), concat('''', toString(decided_by)), toString(decided_by)) AS decided_by
)
FROM
(
    SELECT *
    FROM mart_transfers
    WHERE ({dealer_id: String} = '' OR mart_transfers.from_dealer_id = {dealer_id: String} OR mart_transfers.to_dealer_id = {dealer_id: String})
        AND ({sku_id: String} = '' OR mart_transfers.sku_id = {sku_id: String})
        AND ({state: String} = '' OR mart_transfers.state = {state: String})
        AND ({forecast_version: String} = '' OR mart_transfers.forecast_version = {forecast_version: String})
    ORDER BY mart_transfers.suggestion_id
)
