-- Computes the orders that new deliveries touch anew, from all their events, and replaces their lines.
INSERT INTO raw_mart_order_lines
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
