-- Writes the rows of the days of dealers once more that a run wrote of which nobody knows whether it ended: their copies in order of time come anew.
-- clickhouse-client --param_copy=raw_mart_… --param_since=1 --param_version=2
INSERT INTO raw_mart_sales_days
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM raw_mart_sales_days FINAL
WHERE (day, dealer_id) IN
(
    SELECT day, dealer_id FROM raw_mart_sales_days WHERE version > 2 * {since: UInt64} + 1
    UNION DISTINCT
    SELECT day, dealer_id FROM {copy: Identifier} WHERE version > 2 * {since: UInt64} + 1
)
