-- The reading order holds the first delivery of every event of the ledger, as the ledger has it.
-- clickhouse-client --param_raw=raw_orders --param_by_key=raw_orders_by_key
SELECT source, event_id, _topic, _partition, _offset
FROM {raw: Identifier}
WHERE (source, event_id, _partition, _offset) IN
    (SELECT source, event_id, (argMin((_partition, _offset), (_ingested_at, _partition, _offset)) AS first).1, first.2 FROM {raw: Identifier} GROUP BY source, event_id)
  AND (source, event_id) NOT IN (SELECT source, event_id FROM {by_key: Identifier})
ORDER BY ALL
LIMIT 100
