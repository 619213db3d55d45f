-- Ends the suggestions of a cycle that its last run did not make again. Decided ones stay: they were acted on.
-- clickhouse-client --param_cycle=2026-W48 --param_version=1764000000000
INSERT INTO raw_mart_transfers
SELECT * REPLACE ({version: UInt64} AS version, 1 AS is_deleted)
FROM raw_mart_transfers FINAL
WHERE cycle = {cycle: String} AND version < {version: UInt64}
    AND suggestion_id NOT IN (SELECT suggestion_id FROM raw_mart_suggestion_decisions)
