-- Suggested orders of a cycle that were decided on. They stay as they were decided: another one would have the same id.
-- clickhouse-client --param_cycle=2026-W48
SELECT suggestion_id
FROM mart_replenishment
WHERE cycle = {cycle: String} AND state != 'open'
