-- What a target is owed now, the oldest first: cases that changed since it is known, in the states and severities that it wants, not
-- told yet, or to be tried again.
-- clickhouse-client --param_target=duty --param_now=2026-11-24T12:00:00Z --param_states="['open']" --param_severities="['critical']" --param_kinds="[]" --param_limit=20
WITH
    (SELECT max(known_since) FROM raw_webhook_targets FINAL WHERE target = {target: String}) AS since,
    told AS
    (
        SELECT alert_id, state, severity, status, attempts, next_at
        FROM raw_webhook_deliveries FINAL
        WHERE target = {target: String}
    )
SELECT cases.alert_id AS alert_id, cases.state AS state, cases.severity AS severity, alerts.alert AS alert, told.attempts AS attempts
FROM mart_diversion_cases AS cases
INNER JOIN mart_diversion_alerts AS alerts ON alerts.alert_id = cases.alert_id
LEFT JOIN told ON told.alert_id = cases.alert_id AND told.state = cases.state AND told.severity = cases.severity
WHERE cases.updated_at >= since
  AND has({states: Array(String)}, cases.state)
  AND has({severities: Array(String)}, cases.severity)
  AND (empty({kinds: Array(String)}) OR hasAny(cases.kinds, {kinds: Array(String)}))
  AND (told.status = '' OR (told.status = 'waiting' AND told.next_at <= {now: DateTime64(3, 'UTC')}))
ORDER BY cases.raised_at, cases.alert_id
LIMIT {limit: UInt32}
