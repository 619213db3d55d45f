-- Offsets from one on that are accounted for: rows or dead letters of what Kafka does not have.
-- clickhouse-client --param_raw=raw_orders --param_topic=dms.orders.v1 --param_partition=0 --param_from=100 --param_limit=1000
SELECT offset
FROM
(
    SELECT _offset AS offset
    FROM {raw: Identifier}
    WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset >= {from: UInt64}
    UNION DISTINCT
    SELECT _offset
    FROM raw_dead_letters
    WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset >= {from: UInt64} AND reason != 'lost'
)
ORDER BY offset
LIMIT {limit: UInt32}
