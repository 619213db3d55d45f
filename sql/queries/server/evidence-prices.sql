-- The versions of floor and guide prices of products that held while the events of a case happened.
-- clickhouse-client --param_sku_ids="['S1']" --param_from='2026-01-01 00:00:00' --param_to='2026-02-01 00:00:00'
SELECT
    sku_id, tier, territory_id, toString(floor_price) AS floor_price, toString(guide_price) AS guide_price, currency, valid_from,
    valid_to, effective_to, source, event_id, event_time
FROM core_prices
WHERE sku_id IN {sku_ids: Array(String)}
  AND valid_from <= parseDateTime64BestEffort({to: String}, 3, 'UTC')
  AND effective_to > parseDateTime64BestEffort({from: String}, 3, 'UTC')
ORDER BY sku_id, tier, territory_id, valid_from, source, event_id
