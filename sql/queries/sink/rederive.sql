-- Repeats the copy from a ledger into its reading order for a range of offsets. The materialized view's insert is not
-- one step with the ledger's: after any unclear insert this makes the range whole. Idempotent: equal rows replace each other.
-- clickhouse-client --param_raw=raw_orders --param_by_key=raw_orders_by_key --param_topic=dms.orders.v1 --param_partition=0 --param_first=0 --param_last=99
INSERT INTO {by_key: Identifier}
SELECT *
FROM {raw: Identifier}
WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {first: UInt64} AND {last: UInt64}
SETTINGS max_partitions_per_insert_block = 0, insert_deduplicate = 0
