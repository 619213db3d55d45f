-- The suggestions of a cycle as its last run made them.
-- clickhouse-client --param_cycle=2026-W48
SELECT * EXCEPT (version, is_deleted)
FROM raw_mart_transfers FINAL
WHERE cycle = {cycle: String}
