-- Ends every other row of those days of dealers in a copy in order of time.
-- clickhouse-client --param_copy=raw_mart_… --param_since=1 --param_version=2
INSERT INTO {copy: Identifier}
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} AS version, 1 AS is_deleted
FROM {copy: Identifier} FINAL
WHERE version < 2 * {version: UInt64} + 1 AND (day, dealer_id) IN
(
    SELECT day, dealer_id FROM raw_mart_sales_days WHERE version > 2 * {since: UInt64} + 1
    UNION DISTINCT
    SELECT day, dealer_id FROM {copy: Identifier} WHERE version > 2 * {since: UInt64} + 1
)
