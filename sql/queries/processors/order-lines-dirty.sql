-- Which orders new deliveries touch, and the days that all events of those orders span: those of the deliveries and those
-- that the mart knows from before.
WITH
    deliveries AS (SELECT * FROM raw_deliveries_of_run(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}, event_types = ['order'], conflicts_since = {conflicts_since: DateTime64(3, 'UTC')})),
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
