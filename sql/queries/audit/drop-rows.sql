-- Drops single rows, named by part and place in the part. Part names are never used again: after a merge, nothing matches.
-- clickhouse-client --param_raw=raw_orders --param_topic=dms.orders.v1 --param_partition=0 --param_part=202601_1_1_0 --param_rows='[7]'
ALTER TABLE {raw: Identifier}
DELETE WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _part = {part: String} AND _part_offset IN {rows: Array(UInt64)}
SETTINGS mutations_sync = 2
