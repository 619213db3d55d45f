-- Reads the chunks of ten thousand offsets that new deliveries lie in again, and replaces what they say of arrivals.
-- clickhouse-client --param_raw=raw_orders --param_event_type=order …
INSERT INTO raw_mart_feed_arrivals
WITH chunks AS
    (
        SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(intDiv(range.3, 10000), toUInt64(intDiv(range.4 - 1, 10000) + 1))) AS chunk
        FROM (SELECT arrayJoin({ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}) AS range)
    )
SELECT
    {event_type: String} AS event_type,
    source,
    toStartOfHour(_ingested_at) AS arrived_hour,
    _topic AS topic,
    _partition AS partition,
    intDiv(_offset, 10000) AS chunk,
    count() AS deliveries,
    max(event_time) AS last_event_time,
    max(_ingested_at) AS last_ingested_at,
    -- The source's clock may be ahead of ours: what comes before its time has no lag.
    quantilesBFloat16State(0.5, 0.99)(toFloat32(greatest(0, dateDiff('millisecond', event_time, _ingested_at) / 1000))) AS lag,
    {version: UInt64} AS version
FROM {raw: Identifier}
WHERE (_topic, _partition) IN (SELECT topic, partition FROM chunks)
  AND _offset >= (SELECT min(chunk) * 10000 FROM chunks) AND _offset < (SELECT (max(chunk) + 1) * 10000 FROM chunks)
  AND (_topic, _partition, intDiv(_offset, 10000)) IN (SELECT topic, partition, chunk FROM chunks)
GROUP BY source, arrived_hour, topic, partition, chunk
