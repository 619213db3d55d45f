-- What late data restated lately: which day of which KPI, when, and by how much.
-- clickhouse-client --user analyst --param_days=7 --queries-file restated-figures.sql
SELECT known_from AS restated_at, id, bucket_start, value_before, value, difference
FROM mart_kpi_history
WHERE restated AND known_from > now() - INTERVAL {days: UInt16} DAY
ORDER BY restated_at DESC, id, bucket_start
