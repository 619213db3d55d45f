-- The rows of each offset of a range: how many, and their digests (as in compare-range.sql).
-- clickhouse-client --param_raw=raw_orders --param_topic=dms.orders.v1 --param_partition=0 --param_first=0 --param_last=99
SELECT
    _offset AS offset,
    count() AS rows,
    arrayMap(digest -> toString(digest), groupUniqArray(cityHash64(tuple(* EXCEPT (_topic, _partition, _ingested_at))))) AS digests
FROM {raw: Identifier}
WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {first: UInt64} AND {last: UInt64}
GROUP BY offset
