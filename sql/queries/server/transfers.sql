-- Suggestions of transfers by their ids: of a dealer, a product and a state ('' = all), after an id, at most `limit` (0 = all).
-- What those that were accepted have brought is told by suggestion-benefits.sql.
-- clickhouse-client --param_dealer_id= --param_sku_id= --param_state=open --param_after= --param_limit=50
SELECT *
FROM mart_transfers
WHERE ({dealer_id: String} = '' OR from_dealer_id = {dealer_id: String} OR to_dealer_id = {dealer_id: String})
    AND ({sku_id: String} = '' OR sku_id = {sku_id: String})
    AND ({state: String} = '' OR state = {state: String})
    AND suggestion_id > {after: String}
ORDER BY suggestion_id
LIMIT if({limit: UInt32} = 0, 4294967295, {limit: UInt32})
