-- Where each row of a range of offsets lies, with its digest: the part, and the place in the part.
-- clickhouse-client --param_raw=raw_orders --param_topic=dms.orders.v1 --param_partition=0 --param_first=0 --param_last=99
SELECT
    _offset AS offset, _part AS part, _part_offset AS row,
    toString(cityHash64(tuple(* EXCEPT (_topic, _partition, _ingested_at)))) AS digest
FROM {raw: Identifier}
WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {first: UInt64} AND {last: UInt64}
ORDER BY offset, _ingested_at, part, row
