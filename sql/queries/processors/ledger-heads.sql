-- The first offset that a ledger does not hold, for each of its partitions.
-- clickhouse-client --param_raw=raw_orders
SELECT _topic AS topic, _partition AS partition, max(_offset) + 1 AS next
FROM {raw: Identifier}
GROUP BY topic, partition
