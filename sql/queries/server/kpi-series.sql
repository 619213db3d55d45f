-- One KPI's series as it is stored, oldest first.
-- clickhouse-client --param_id=fill_rate --param_from='2026-11-01 00:00:00'
SELECT bucket_start, value
FROM mart_kpi_series
WHERE id = {id: String} AND bucket_start >= {from: DateTime64(3, 'UTC')}
ORDER BY bucket_start
