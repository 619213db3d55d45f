-- Lanes on which a transfer was accepted lately: their opposite cools down.
-- clickhouse-client --param_days=28
SELECT DISTINCT from_dealer_id, to_dealer_id, sku_id
FROM mart_transfers
WHERE state IN ('accepted', 'edited') AND decided_at > now64(3, 'UTC') - toIntervalDay({days: UInt32})
