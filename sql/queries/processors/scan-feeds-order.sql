-- Notes in what order the scans of a stretch of one partition came, by feed. Late is what lies before the newest of what its feed had told until then. A
-- delivery that came before is late whenever it is sent again and explains nothing new: it does not count.
-- clickhouse-client --param_topic='dms.scans.v1' --param_partition=0 --param_from=0 --param_to=50000 --param_now='2026-11-24 12:00:00'
INSERT INTO raw_scan_feed_order
WITH
    came AS
    (
        SELECT
            source, code, event_time, event_id, _offset,
            dateDiff('second', event_time, max(event_time) OVER (PARTITION BY source ORDER BY _offset ROWS UNBOUNDED PRECEDING)) AS late_s
        FROM raw_scans
        WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset >= {from: UInt64} AND _offset < {to: UInt64}
    ),
    -- The first delivery of each event that looks late: a repeated one stands at another offset.
    first_ones AS
    (
        SELECT _offset
        FROM raw_scans_by_key FINAL
        WHERE (code, event_time, source, event_id) IN (SELECT code, event_time, source, event_id FROM came WHERE late_s > 60)
            AND _partition = {partition: UInt32}
    )
SELECT
    source,
    {partition: UInt32} AS partition,
    count() AS scans,
    countIf(late_s > 60) AS late_1m,
    countIf(late_s > 900) AS late_15m,
    countIf(late_s > 3600) AS late_60m,
    {now: DateTime64(3, 'UTC')} AS measured_at
FROM came
WHERE late_s <= 60 OR _offset IN (first_ones)
GROUP BY source
