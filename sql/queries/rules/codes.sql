-- Codes whose scans reach into a stretch of event time, by their items, in order, from after one of them.
-- clickhouse-client --param_from='2026-10-01 00:00:00' --param_to='2026-11-01 00:00:00' --param_after= --param_limit=50000
SELECT code
FROM raw_mart_code_journeys FINAL
WHERE last_event_time >= {from: DateTime64(3, 'UTC')} AND first_event_time < {to: DateTime64(3, 'UTC')} AND code > {after: String}
ORDER BY code
LIMIT {limit: UInt32}
