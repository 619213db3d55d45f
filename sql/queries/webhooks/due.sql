-- What a target is owed now, the oldest case first and of each the oldest state: cases that changed since it is known, in the states and
-- severities that it wants, not told yet, or to be tried again. With `passed`, states too through which a case has gone on meanwhile,
-- between two looks or while the target took nothing; without, what is true no more is not told.
-- clickhouse-client --param_target=duty --param_now=2026-11-24T12:00:00Z --param_states="['open']" --param_severities="['critical']" --param_kinds="[]" --param_passed=true --param_limit=20
WITH
    (SELECT max(known_since) FROM raw_webhook_targets FINAL WHERE target = {target: String}) AS since,
    told AS
    (
        SELECT alert_id, state, severity, status, attempts, attempted_at, next_at
        FROM raw_webhook_deliveries FINAL
        WHERE target = {target: String}
    ),
    current AS
    (
        SELECT alert_id, state, severity, kinds, raised_at, updated_at
        FROM mart_diversion_cases
        WHERE updated_at >= since
    ),
    entered AS
    (
        SELECT alert_id, 'open' AS state, raised_at AS at FROM current
        UNION ALL
        SELECT alert_id, to_state AS state, event_time AS at
        FROM core_case_transitions
        WHERE {passed: Bool} AND event_time >= since AND to_state != from_state
    ),
    owed AS
    (
        SELECT alert_id, state, severity, updated_at AS at FROM current
        UNION ALL
        SELECT entered.alert_id AS alert_id, entered.state AS state, current.severity AS severity, entered.at AS at
        FROM entered
        INNER JOIN current ON current.alert_id = entered.alert_id
        WHERE {passed: Bool} AND entered.at >= since AND entered.state != current.state
          AND (entered.alert_id, entered.state) NOT IN (SELECT alert_id, state FROM told)
        UNION ALL
        SELECT alert_id, state, severity, attempted_at AS at FROM told WHERE {passed: Bool} AND status = 'waiting'
    ),
    each AS
    (
        SELECT alert_id, state, severity, min(owed.at) AS at
        FROM owed
        GROUP BY alert_id, state, severity
    )
SELECT
    each.alert_id AS alert_id, each.state AS state, each.severity AS severity, each.at AS at,
    (each.state, each.severity) = (current.state, current.severity) AS is_current,
    alerts.alert AS alert, told.attempts AS attempts
FROM each
INNER JOIN current ON current.alert_id = each.alert_id
INNER JOIN mart_diversion_alerts AS alerts ON alerts.alert_id = each.alert_id
LEFT JOIN told ON told.alert_id = each.alert_id AND told.state = each.state AND told.severity = each.severity
WHERE has({states: Array(String)}, each.state)
  AND has({severities: Array(String)}, each.severity)
  AND (empty({kinds: Array(String)}) OR hasAny(current.kinds, {kinds: Array(String)}))
  AND (told.status = '' OR (told.status = 'waiting' AND told.next_at <= {now: DateTime64(3, 'UTC')}))
ORDER BY current.raised_at, alert_id, at
LIMIT {limit: UInt32}
