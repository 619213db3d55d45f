-- What the dead letters hold of each partition of a topic. Declared losses are none.
-- clickhouse-client --param_topic=dms.orders.v1
SELECT _partition AS partition, uniqExact(_offset) AS letters, min(_offset) AS first, max(_offset) AS last
FROM raw_dead_letters
WHERE _topic = {topic: String} AND reason != 'lost'
GROUP BY partition
