-- Computes the days of dealers that new deliveries touch anew, from all their snapshots, and replaces them.
INSERT INTO raw_mart_stock_days
WITH
    deliveries AS (SELECT * FROM raw_deliveries_of_run(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}, event_types = ['stock'], conflicts_since = {conflicts_since: DateTime64(3, 'UTC')})),
    dirty AS
    (
        SELECT DISTINCT toDate32(event_time, {time_zone: String}) AS day, dealer_id
        FROM raw_stock
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    )
SELECT *, 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM mart_stock_days_as_known(known_at = '2299-12-31', first_day = {first_day: String}, last_day = {last_day: String})
WHERE dealer_id IN (SELECT dealer_id FROM dirty) AND (day, dealer_id) IN (SELECT day, dealer_id FROM dirty)
-- Every row that was there ends; of those that are there again the higher version holds.
UNION ALL
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} AS version, 1 AS is_deleted
FROM raw_mart_stock_days FINAL
WHERE (day, dealer_id) IN (SELECT day, dealer_id FROM dirty)
