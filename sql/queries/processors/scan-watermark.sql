-- Event time up to which whatever may explain a scan out of order has come: that of the slowest feed that tells of shipments, returns,
-- packing or the manufacturer's scans but an inspector's, who only looks. A feed that lies further behind the newest scan of all than late_max_h is not waited for
-- longer than that, and one that lies closed_after_d behind not at all. An event may lie up to a day ahead: the clock bounds it.
-- What waits, waits for late_min beyond itself. Of a feed that tells in order nothing comes so late: as much less as it is ever late, it counts as having come further
-- (at most one scan in a thousand is later; what it has told of fewer than a hundred says nothing).
-- order_measured_at: when the order of a feed was last looked at.
-- clickhouse-client --param_now='2026-11-24 12:00:00' --param_late_min=360 --param_late_max_h=24 --param_closed_after_d=7
WITH
    feeds AS
    (
        SELECT source, max(told.explains) AS does_explain, least(max(told.last_event_time), {now: DateTime64(3, 'UTC')}) AS come_to
        FROM raw_scan_feeds AS told
        GROUP BY source
    ),
    (SELECT max(come_to) FROM feeds) AS newest,
    orderly AS
    (
        SELECT
            source,
            sum(scans) AS seen,
            multiIf(
                seen < 100, {late_min: UInt16},
                1000 * sum(late_1m) <= seen, 1,
                1000 * sum(late_15m) <= seen, 15,
                1000 * sum(late_60m) <= seen, 60,
                {late_min: UInt16}) AS is_late_min
        FROM raw_scan_feed_order FINAL
        GROUP BY source
    )
SELECT
    greatest(
        newest - toIntervalHour({late_max_h: UInt16}),
        ifNull(minOrNull(come_to + toIntervalMinute({late_min: UInt16} - if(seen = 0, {late_min: UInt16}, is_late_min))), newest)) AS watermark,
    (SELECT max(measured_at) FROM raw_scan_feed_order) AS order_measured_at
FROM feeds
LEFT JOIN orderly USING (source)
WHERE does_explain = 1 AND come_to >= newest - toIntervalDay({closed_after_d: UInt16})
