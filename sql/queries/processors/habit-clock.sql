-- The days that habits of dealers are judged over: the local midnights that bound them, up to the day of the watermark.
-- clickhouse-client --param_time_zone=Asia/Shanghai --param_watermark=2026-11-24T12:00:00Z --param_days=120
WITH toDate32({watermark: DateTime64(3, 'UTC')}, {time_zone: String}) + 1 - {days: UInt16} AS first_day
SELECT
    toString(first_day) AS since,
    arrayMap(day -> toString(first_day + day), range({days: UInt16} + 1)) AS days,
    arrayMap(day -> toTimeZone(toDateTime64(toString(first_day + day), 3, {time_zone: String}), 'UTC'), range({days: UInt16} + 1)) AS midnights
