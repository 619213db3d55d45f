-- Ends every other row of those orders in a copy in order of time.
-- clickhouse-client --param_copy=raw_mart_… --param_since=1 --param_version=2
INSERT INTO {copy: Identifier}
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} AS version, 1 AS is_deleted
FROM {copy: Identifier} FINAL
WHERE version < 2 * {version: UInt64} + 1 AND (dealer_id, order_id) IN
(
    SELECT dealer_id, order_id FROM raw_mart_order_lines WHERE version > 2 * {since: UInt64} + 1
    UNION DISTINCT
    SELECT dealer_id, order_id FROM {copy: Identifier} WHERE version > 2 * {since: UInt64} + 1
)
