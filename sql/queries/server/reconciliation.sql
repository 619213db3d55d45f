-- Differences of the three-way match, by dealer and order; "" leaves a filter out. `after` is the place of the last row of the page before.
-- clickhouse-client --param_dealer_id= --param_pair= --param_age_days_min=0 --param_after="['','','','']" --param_limit=50
SELECT
    dealer_id,
    ifNull(nullIf(dictGet('raw_dealer_versions', 'name', tuple(toString(dealer_id)), now64(3, 'UTC')), ''), toString(dealer_id)) AS dealer_name,
    order_id, currency, pair, earlier_amount, later_amount, difference, since, age_days, age_band, reason
FROM mart_reconciliation
WHERE ({dealer_id: String} = '' OR dealer_id = {dealer_id: String})
  AND ({pair: String} = '' OR pair = {pair: String})
  AND ({age_days_min: UInt32} = 0 OR age_days >= {age_days_min: UInt32})
  AND (toString(dealer_id), order_id, toString(currency), toString(pair)) > ({after: Array(String)}[1], {after: Array(String)}[2], {after: Array(String)}[3], {after: Array(String)}[4])
ORDER BY toString(dealer_id), order_id, toString(currency), toString(pair)
LIMIT {limit: UInt32}
