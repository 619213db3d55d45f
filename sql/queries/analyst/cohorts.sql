-- One KPI by roll-out wave.
-- clickhouse-client --user analyst --param_id=fill_rate --queries-file cohorts.sql
SELECT wave, dealers, value, reason
FROM mart_cohorts
WHERE id = {id: String}
ORDER BY wave
