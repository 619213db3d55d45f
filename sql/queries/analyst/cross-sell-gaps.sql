-- What a dealer lacks although its like buy it.
-- clickhouse-client --user analyst --param_dealer_id='' --param_lift_min=1.2 --queries-file cross-sell-gaps.sql
SELECT dealer_id, has_sku, gap_sku, lift, confidence
FROM mart_cross_sell
WHERE lift >= {lift_min: Float64} AND ({dealer_id: String} = '' OR dealer_id = {dealer_id: String})
ORDER BY lift DESC, dealer_id, gap_sku
LIMIT 1000
