-- What each statement of the wallboard and of its figures took in this database since `since`, by the file that it stands in.
SELECT
    log_comment AS what,
    if(startsWith(what, 'queries/live/'), 'wallboard', 'figures') AS asked_by,
    count() AS runs,
    quantileExact(0.5)(query_duration_ms) AS p50_ms,
    quantileExact(0.95)(query_duration_ms) AS p95_ms,
    max(read_rows) AS read_rows
FROM system.query_log
WHERE type = 'QueryFinish' AND query_kind = 'Select' AND current_database = currentDatabase()
  AND event_time_microseconds >= {since: DateTime64(6, 'UTC')} AND startsWith(log_comment, 'queries/')
GROUP BY what
ORDER BY p95_ms DESC
