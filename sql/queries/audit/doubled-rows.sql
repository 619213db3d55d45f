-- Offsets of a range that the ledger holds more than once.
-- clickhouse-client --param_raw=raw_orders --param_topic=dms.orders.v1 --param_partition=0 --param_first=0 --param_last=99 --param_limit=1000
SELECT _offset AS offset
FROM {raw: Identifier}
WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {first: UInt64} AND {last: UInt64}
GROUP BY offset
HAVING count() > 1
ORDER BY offset
LIMIT {limit: UInt32}
