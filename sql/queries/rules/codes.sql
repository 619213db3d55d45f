-- Codes that were scanned in a stretch of event time, in order, from after one of them.
-- clickhouse-client --param_from='2026-10-01 00:00:00' --param_to='2026-11-01 00:00:00' --param_after= --param_limit=50000
SELECT DISTINCT code
FROM raw_scans_by_key
WHERE event_time >= {from: DateTime64(3, 'UTC')} AND event_time < {to: DateTime64(3, 'UTC')} AND code > {after: String}
ORDER BY code
LIMIT {limit: UInt32}
