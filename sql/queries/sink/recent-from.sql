-- The first offset of one partition of what may have been written less than `recent_ms` before the row at `stored` was. One block
-- more is taken in: it bears the instant at which it was made, and may have been repeated for some time.
-- clickhouse-client --param_raw=raw_orders --param_topic=dms.orders.v1 --param_partition=0 --param_stored=99 --param_least=0 --param_recent_ms=60000
WITH
    (SELECT max(_ingested_at) FROM {raw: Identifier} WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset = {stored: UInt64}) AS newest,
    (
        SELECT max(_ingested_at)
        FROM {raw: Identifier}
        WHERE
            _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {least: UInt64} AND {stored: UInt64}
            AND _ingested_at < newest - toIntervalMillisecond({recent_ms: UInt32})
    ) AS block_before
SELECT min(_offset) AS first
FROM {raw: Identifier}
WHERE
    _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset BETWEEN {least: UInt64} AND {stored: UInt64}
    AND _ingested_at >= block_before
