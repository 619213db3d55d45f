-- Suggestions of orders by their ids: of a dealer, a product and a state ('' = all), after an id, at most `limit` (0 = all).
-- With what those that were accepted have brought.
-- clickhouse-client --param_dealer_id= --param_sku_id= --param_state=open --param_after= --param_limit=50
SELECT
    s.*,
    b.stockout_days AS stockout_days,
    b.stockout_days_without AS stockout_days_without,
    b.lost_qty AS lost_qty,
    b.lost_qty_without AS lost_qty_without,
    b.saved_days AS saved_days,
    b.saved_qty AS saved_qty,
    if(s.state IN ('accepted', 'edited') AND s.decided_qty > 0, b.reason, 'not accepted') AS benefit_reason
FROM mart_replenishment AS s
LEFT JOIN (SELECT suggestion_id AS decided_id, stockout_days, stockout_days_without, lost_qty, lost_qty_without, saved_days, saved_qty, reason FROM mart_suggestion_benefit) AS b ON b.decided_id = s.suggestion_id
WHERE ({dealer_id: String} = '' OR dealer_id = {dealer_id: String})
    AND ({sku_id: String} = '' OR sku_id = {sku_id: String})
    AND ({state: String} = '' OR state = {state: String})
    AND suggestion_id > {after: String}
ORDER BY suggestion_id
LIMIT if({limit: UInt32} = 0, 4294967295, {limit: UInt32})
