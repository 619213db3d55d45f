-- Which days of which dealers new deliveries touch, and the UTC days that those local days reach into.
WITH
    deliveries AS (SELECT * FROM raw_deliveries_of_run(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}, event_types = ['stock'], conflicts_since = {conflicts_since: DateTime64(3, 'UTC')})),
    dirty AS
    (
        SELECT DISTINCT toDate32(event_time, {time_zone: String}) AS day, dealer_id
        FROM raw_stock
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    )
SELECT
    count() AS buckets,
    toString(min(day) - 1) AS first_day,
    toString(max(day) + 1) AS last_day
FROM dirty
