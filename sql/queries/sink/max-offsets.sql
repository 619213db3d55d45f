-- How far partitions have come: the highest offset of a row of the ledger, and of a row or a dead letter; null = none.
-- And since when the server has been running, s: what was written before that may have gone through a power cut.
-- clickhouse-client --param_raw=raw_orders --param_topic=dms.orders.v1 --param_partitions='[0,1,2,3]'
SELECT
    partition,
    toUnixTimestamp(now()) - uptime() AS server_s,
    maxOrNullIf(offset, is_row) AS stored,
    maxOrNull(offset) AS accounted
FROM
(
    SELECT arrayJoin({partitions: Array(UInt32)}) AS partition, NULL AS offset, 0 AS is_row
    UNION ALL
    SELECT _partition, max(_offset), 1
    FROM {raw: Identifier}
    WHERE _topic = {topic: String} AND _partition IN {partitions: Array(UInt32)}
    GROUP BY _partition
    UNION ALL
    SELECT _partition, max(_offset), 0
    FROM raw_dead_letters
    WHERE _topic = {topic: String} AND _partition IN {partitions: Array(UInt32)} AND reason != 'lost'
    GROUP BY _partition
)
GROUP BY partition
