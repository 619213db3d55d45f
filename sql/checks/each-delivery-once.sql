-- The ledger holds each place in Kafka once.
-- clickhouse-client --param_raw=raw_orders
SELECT _topic, _partition, _offset, count() AS rows
FROM {raw: Identifier}
GROUP BY _topic, _partition, _offset
HAVING rows > 1
ORDER BY ALL
LIMIT 100
