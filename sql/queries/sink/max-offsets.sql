-- How far partitions have come: the highest offset of a row of their ledger, and of a row or a dead letter; null = none. Of all
-- ledgers at one go: to read each of them costs little, to plan a query of its own for each a lot.
-- And since when the server has been running, s: what was written before that may have gone through a power cut.
-- clickhouse-client --param_ledgers='^(raw_orders|raw_scans)$' --param_topics="['dms.orders.v1','dms.scans.v1']" --param_partitions='[0,1,2,3]'
SELECT
    topic,
    partition,
    toUnixTimestamp(now()) - uptime() AS server_s,
    maxOrNullIf(offset, is_row) AS stored,
    maxOrNull(offset) AS accounted
FROM
(
    SELECT arrayJoin({topics: Array(String)}) AS topic, arrayJoin({partitions: Array(UInt32)}) AS partition, NULL AS offset, 0 AS is_row
    UNION ALL
    SELECT _topic, _partition, max(_offset), 1
    FROM merge(currentDatabase(), {ledgers: String})
    WHERE _topic IN {topics: Array(String)} AND _partition IN {partitions: Array(UInt32)}
    GROUP BY _topic, _partition
    UNION ALL
    SELECT _topic, _partition, max(_offset), 0
    FROM raw_dead_letters
    WHERE _topic IN {topics: Array(String)} AND _partition IN {partitions: Array(UInt32)} AND reason != 'lost'
    GROUP BY _topic, _partition
)
GROUP BY topic, partition
