-- The dead letters of a range, with the SHA-256 of key, a zero byte and value.
-- clickhouse-client --param_topic=dms.orders.v1 --param_partition=0 --param_first=0 --param_last=99
SELECT _offset AS offset, groupUniqArray(lower(hex(SHA256(concat(key, '\0', value))))) AS digests
FROM raw_dead_letters
WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {first: UInt64} AND {last: UInt64} AND reason != 'lost'
GROUP BY offset
