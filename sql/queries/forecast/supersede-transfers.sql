-- Ends the suggestions that the last run did not make again, of its cycle and of those before. Decided ones stay: they were acted on.
-- The rows are chosen before their version is replaced: beside REPLACE a condition on the version would be one on the new version.
-- clickhouse-client --param_version=1764000000000
INSERT INTO raw_mart_transfers
SELECT * REPLACE ({version: UInt64} AS version, 1 AS is_deleted)
FROM
(
    SELECT *
    FROM raw_mart_transfers FINAL
    WHERE version < {version: UInt64} AND suggestion_id NOT IN (SELECT suggestion_id FROM raw_mart_suggestion_decisions)
)
