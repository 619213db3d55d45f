-- Which codes new deliveries touch, and the UTC days of the new scans.
WITH
    deliveries AS
    (
        SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(range.3, range.4)) AS offset
        FROM (SELECT arrayJoin(arrayZip({topics: Array(String)}, {partitions: Array(UInt32)}, {froms: Array(UInt64)}, {tos: Array(UInt64)})) AS range)
        UNION ALL
        SELECT _topic AS topic, _partition AS partition, _offset AS offset
        FROM raw_event_conflicts
        WHERE event_type = 'scan' AND found_at > {conflicts_since: DateTime64(3, 'UTC')}
    ),
    fresh AS
    (
        SELECT code, event_time
        FROM raw_scans
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    )
SELECT uniqExact(code) AS buckets, toString(toDate32(min(event_time))) AS first_day, toString(toDate32(max(event_time))) AS last_day
FROM fresh
