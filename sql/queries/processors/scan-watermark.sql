-- Event time up to which whatever may explain a scan out of order has come: that of the slowest feed that tells of shipments, returns,
-- packing or the manufacturer's scans but an inspector's, who only looks. A feed that lies further behind the newest scan of all than late_max_h is not waited for
-- longer than that, and one that lies closed_after_d behind not at all. An event may lie up to a day ahead: the clock bounds it.
-- clickhouse-client --param_now='2026-11-24 12:00:00' --param_late_max_h=24 --param_closed_after_d=7
WITH
    feeds AS
    (
        SELECT source, max(told.explains) AS does_explain, least(max(told.last_event_time), {now: DateTime64(3, 'UTC')}) AS come_to
        FROM raw_scan_feeds AS told
        GROUP BY source
    ),
    (SELECT max(come_to) FROM feeds) AS newest
SELECT greatest(newest - toIntervalHour({late_max_h: UInt16}), ifNull(minOrNull(come_to), newest)) AS watermark
FROM feeds
WHERE does_explain = 1 AND come_to >= newest - toIntervalDay({closed_after_d: UInt16})
