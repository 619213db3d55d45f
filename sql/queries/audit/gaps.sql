-- Ranges of offsets between two that neither a row nor a dead letter accounts for.
-- clickhouse-client --param_raw=raw_orders --param_topic=dms.orders.v1 --param_partition=0 --param_first=0 --param_last=99
SELECT before + 1 AS first, offset - 1 AS last
FROM
(
    -- In signed numbers, so that there is one before the first; the end of the range is a mark of its own.
    SELECT offset, lagInFrame(offset, 1, toInt64({first: UInt64}) - 1) OVER (ORDER BY offset ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before
    FROM
    (
        SELECT toInt64(_offset) AS offset
        FROM {raw: Identifier}
        WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {first: UInt64} AND {last: UInt64}
        UNION DISTINCT
        SELECT toInt64(_offset)
        FROM raw_dead_letters
        WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {first: UInt64} AND {last: UInt64} AND reason != 'lost'
        UNION DISTINCT
        SELECT toInt64({last: UInt64}) + 1
    )
)
WHERE offset > before + 1
ORDER BY first
