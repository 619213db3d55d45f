-- Writes the rows of the codes once more that a run wrote of which nobody knows whether it ended: their copies in order of time come anew.
-- clickhouse-client --param_copy=raw_mart_… --param_since=1 --param_version=2
INSERT INTO raw_mart_code_journeys
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM raw_mart_code_journeys FINAL
WHERE code IN
(
    SELECT code FROM raw_mart_code_journeys WHERE version > 2 * {since: UInt64} + 1
    UNION DISTINCT
    SELECT code FROM {copy: Identifier} WHERE version > 2 * {since: UInt64} + 1
)
