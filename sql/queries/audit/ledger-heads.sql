-- What a ledger holds of each partition of each topic.
-- clickhouse-client --param_raw=raw_orders
SELECT _topic AS topic, _partition AS partition, count() AS rows, min(_offset) AS first, max(_offset) AS last
FROM {raw: Identifier}
GROUP BY topic, partition
