-- The columns of a ledger that come out of the message, in the order of `*`.
-- clickhouse-client --param_raw=raw_orders
SELECT name, type
FROM system.columns
WHERE database = currentDatabase() AND table = {raw: String}
  AND default_kind NOT IN ('MATERIALIZED', 'ALIAS') AND name NOT IN ('_topic', '_partition', '_ingested_at')
ORDER BY position
