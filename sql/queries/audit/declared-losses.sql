-- The losses that the sink has declared for a topic: the offset begins the range, the detail names it.
-- clickhouse-client --param_topic=dms.orders.v1
SELECT _partition AS partition, _offset AS first, detail
FROM raw_dead_letters FINAL
WHERE _topic = {topic: String} AND reason = 'lost'
ORDER BY partition, first
