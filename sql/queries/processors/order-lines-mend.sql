-- Writes the rows of the orders once more that a run wrote of which nobody knows whether it ended: their copies in order of time come anew.
-- clickhouse-client --param_copy=raw_mart_… --param_since=1 --param_version=2
INSERT INTO raw_mart_order_lines
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM raw_mart_order_lines FINAL
WHERE (dealer_id, order_id) IN
(
    SELECT dealer_id, order_id FROM raw_mart_order_lines WHERE version > 2 * {since: UInt64} + 1
    UNION DISTINCT
    SELECT dealer_id, order_id FROM {copy: Identifier} WHERE version > 2 * {since: UInt64} + 1
)
