-- What the board said of the days of one KPI at a time, beside what it says now.
-- clickhouse-client --user analyst --param_id=fill_rate --param_at='2026-11-24 12:00:00' --queries-file kpi-as-told-at.sql
SELECT bucket_start, told.value AS value_then, now.value AS value_now, value_now - value_then AS difference
FROM mart_kpi_history AS told
LEFT JOIN mart_kpi_series AS now USING (id, bucket_start)
WHERE id = {id: String}
  AND known_from <= {at: DateTime64(3, 'UTC')} AND (known_until IS NULL OR known_until > {at: DateTime64(3, 'UTC')})
ORDER BY bucket_start
