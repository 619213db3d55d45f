-- Which codes new deliveries touch, and the UTC days of the new scans.
WITH
    deliveries AS (SELECT * FROM raw_deliveries_of_run(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}, event_types = ['scan'], conflicts_since = {conflicts_since: DateTime64(3, 'UTC')})),
    fresh AS
    (
        SELECT code, event_time
        FROM raw_scans
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    )
SELECT uniqExact(code) AS buckets, toString(toDate32(min(event_time))) AS first_day, toString(toDate32(max(event_time))) AS last_day
FROM fresh
