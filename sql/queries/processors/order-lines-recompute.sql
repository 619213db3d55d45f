-- Computes the orders that new deliveries touch anew, from all their events, and replaces their lines.
INSERT INTO raw_mart_order_lines
WITH
    deliveries AS (SELECT * FROM raw_deliveries_of_run(ranges = {ranges: Array(Tuple(String, UInt32, UInt64, UInt64))}, event_types = ['order'], conflicts_since = {conflicts_since: DateTime64(3, 'UTC')})),
    dirty AS
    (
        SELECT DISTINCT dealer_id, order_id
        FROM raw_orders
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    )
SELECT *, 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM mart_order_lines_as_known(known_at = '2299-12-31', first_day = {first_day: String}, last_day = {last_day: String})
WHERE (dealer_id, order_id) IN (SELECT dealer_id, order_id FROM dirty)
-- Every row that was there ends; of those that are there again the higher version holds.
UNION ALL
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} AS version, 1 AS is_deleted
FROM raw_mart_order_lines FINAL
WHERE (dealer_id, order_id) IN (SELECT dealer_id, order_id FROM dirty)
