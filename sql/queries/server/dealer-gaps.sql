-- Products that one dealer lacks although its like buy them, the strongest first.
-- clickhouse-client --param_dealer_id=D1 --param_limit=10
SELECT
    has_sku, gap_sku, lift, confidence,
    ifNull(nullIf(dictGet('raw_product_versions', 'name', tuple(has_sku), now64(3, 'UTC')), ''), has_sku) AS has_name,
    ifNull(nullIf(dictGet('raw_product_versions', 'name', tuple(gap_sku), now64(3, 'UTC')), ''), gap_sku) AS gap_name
FROM mart_cross_sell
WHERE dealer_id = {dealer_id: String}
ORDER BY lift DESC, gap_sku
LIMIT {limit: UInt32}
