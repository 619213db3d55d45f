-- What the processors' statements took in this database since `since`: how often, and by the way which of it was work.
SELECT
    replaceOne(log_comment, 'queries/processors/', '') AS what,
    count() AS runs,
    quantileExact(0.5)(query_duration_ms) AS p50_ms,
    max(query_duration_ms) AS max_ms,
    sum(query_duration_ms) / 1000 AS total_s,
    sum(ProfileEvents['OSCPUVirtualTimeMicroseconds']) / 1e6 AS cpu_s,
    max(read_rows) AS read_rows
FROM system.query_log
WHERE type = 'QueryFinish' AND current_database = currentDatabase() AND log_comment != ''
  AND event_time_microseconds >= {since: DateTime64(6, 'UTC')}
GROUP BY what
ORDER BY total_s DESC
LIMIT 20
