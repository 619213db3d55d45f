-- The versions of the products of a case that held between its first scan and its last: units are valued at the list price, else at the cost.
-- clickhouse-client --param_sku_ids="['S1']" --param_from='2026-01-01 00:00:00' --param_to='2026-02-01 00:00:00'
SELECT
    sku_id, ifNull(gtin, '') AS gtin, name, category, ifNull(brand, '') AS brand, toString(list_price) AS list_price,
    toString(unit_cost) AS unit_cost, ifNull(currency, '') AS currency, valid_from, valid_to, effective_to, source, event_id, event_time
FROM core_products
WHERE sku_id IN {sku_ids: Array(String)}
  AND valid_from <= parseDateTime64BestEffort({to: String}, 3, 'UTC')
  AND effective_to > parseDateTime64BestEffort({from: String}, 3, 'UTC')
ORDER BY sku_id, valid_from, source, event_id
