-- Which orders new deliveries touch, and the days that all events of those orders span: those of the deliveries and those
-- that the mart knows from before.
WITH
    deliveries AS
    (
        SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(range.3, range.4)) AS offset
        FROM (SELECT arrayJoin(arrayZip({topics: Array(String)}, {partitions: Array(UInt32)}, {froms: Array(UInt64)}, {tos: Array(UInt64)})) AS range)
        UNION ALL
        SELECT _topic AS topic, _partition AS partition, _offset AS offset
        FROM raw_event_conflicts
        WHERE event_type = 'order' AND found_at > {conflicts_since: DateTime64(3, 'UTC')}
    ),
    fresh AS
    (
        SELECT dealer_id, order_id, min(event_time) AS first_event_time, max(event_time) AS last_event_time
        FROM raw_orders
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        GROUP BY dealer_id, order_id
    ),
    known AS
    (
        SELECT dealer_id, order_id, min(first_event_time) AS first_event_time, max(last_event_time) AS last_event_time
        FROM raw_mart_order_lines
        WHERE (dealer_id, order_id) IN (SELECT dealer_id, order_id FROM fresh)
        GROUP BY dealer_id, order_id
    )
SELECT
    uniqExact(dealer_id, order_id) AS buckets,
    toString(toDate32(min(first_event_time))) AS first_day,
    toString(toDate32(max(last_event_time))) AS last_day
FROM (SELECT * FROM fresh UNION ALL SELECT * FROM known)
