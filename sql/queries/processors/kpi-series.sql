-- The stored series of one KPI from a time on.
SELECT bucket_start, value, since, restated_at, value_before
FROM raw_mart_kpi_series FINAL
WHERE id = {id: String} AND bucket_start >= {from: DateTime64(3, 'UTC')}
ORDER BY bucket_start
