-- Lanes whose transfer of a cycle was decided on. Another one would have the same id, and the decision would be read as one about it.
-- clickhouse-client --param_cycle=2026-W48
SELECT from_dealer_id, to_dealer_id, sku_id
FROM mart_transfers
WHERE cycle = {cycle: String} AND state != 'open'
