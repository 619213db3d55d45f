-- What a target is owed now, the oldest case first and of each the oldest state: cases that changed since it is known, in the states and
-- severities that it wants, not told yet, or to be tried again. With `passed`, states too through which a case has gone on meanwhile,
-- between two looks or while the target took nothing; without, what is true no more is not told.
-- A state into which a case comes again is owed again.
-- clickhouse-client --param_target=duty --param_now=2026-11-24T12:00:00Z --param_states="['open']" --param_severities="['critical']" --param_kinds="[]" --param_passed=true --param_limit=20
WITH
    (SELECT max(known_since) FROM raw_webhook_targets FINAL WHERE target = {target: String}) AS since,
    told AS
    (
        SELECT alert_id, state, severity, visit, status, attempts, raised_at, attempted_at, next_at
        FROM raw_webhook_deliveries FINAL
        WHERE target = {target: String}
    ),
    -- Each time that a case came into a state, and how often it had done so before.
    entered AS
    (
        SELECT alert_id, state, at, toUInt32(row_number() OVER (PARTITION BY alert_id, state ORDER BY at, event_id) - 1) AS visit
        FROM
        (
            SELECT alert_id, 'open' AS state, raised_at AS at, '' AS event_id FROM mart_diversion_cases WHERE updated_at >= since
            UNION ALL
            -- It was raised before, and told to be withdrawn.
            SELECT DISTINCT withdrawn.alert_id AS alert_id, 'open' AS state, withdrawn.raised_at AS at, '' AS event_id
            FROM told AS withdrawn
            INNER JOIN mart_diversion_cases AS cases ON cases.alert_id = withdrawn.alert_id
            WHERE withdrawn.state = 'withdrawn' AND cases.updated_at >= since AND withdrawn.raised_at < cases.raised_at
            UNION ALL
            SELECT moves.alert_id AS alert_id, to_state AS state, moves.event_time AS at, event_id
            FROM core_case_transitions AS moves
            WHERE to_state != from_state AND moves.alert_id IN (SELECT alert_id FROM mart_diversion_cases WHERE updated_at >= since)
        )
    ),
    last_visits AS (SELECT alert_id, state, max(visit) AS visit FROM entered GROUP BY alert_id, state),
    current AS
    (
        SELECT
            cases.alert_id AS alert_id, cases.state AS state, cases.severity AS severity, last_visits.visit AS visit, cases.kinds AS kinds,
            cases.raised_at AS raised_at, cases.updated_at AS updated_at
        FROM mart_diversion_cases AS cases
        LEFT JOIN last_visits ON last_visits.alert_id = cases.alert_id AND last_visits.state = cases.state
        WHERE cases.updated_at >= since
    ),
    owed AS
    (
        SELECT alert_id, state, severity, visit, updated_at AS at FROM current
        UNION ALL
        SELECT entered.alert_id AS alert_id, entered.state AS state, current.severity AS severity, entered.visit AS visit, entered.at AS at
        FROM entered
        INNER JOIN current ON current.alert_id = entered.alert_id
        WHERE {passed: Bool} AND entered.at >= since AND (entered.state, entered.visit) != (current.state, current.visit)
          AND (entered.alert_id, entered.state, entered.visit) NOT IN (SELECT alert_id, state, visit FROM told)
        UNION ALL
        -- When the case came into the state, however often it was told in vain since.
        SELECT
            told.alert_id AS alert_id, told.state AS state, told.severity AS severity, told.visit AS visit,
            if(entered.alert_id = '', told.attempted_at, entered.at) AS at
        FROM told
        LEFT JOIN entered ON entered.alert_id = told.alert_id AND entered.state = told.state AND entered.visit = told.visit
        WHERE {passed: Bool} AND told.status = 'waiting'
    ),
    each AS
    (
        SELECT alert_id, state, severity, visit, min(owed.at) AS at
        FROM owed
        GROUP BY alert_id, state, severity, visit
    )
SELECT
    each.alert_id AS alert_id, each.state AS state, each.severity AS severity, each.visit AS visit, each.at AS at,
    (each.state, each.severity, each.visit) = (current.state, current.severity, current.visit) AS is_current,
    alerts.alert AS alert, told.attempts AS attempts
FROM each
INNER JOIN current ON current.alert_id = each.alert_id
INNER JOIN mart_diversion_alerts AS alerts ON alerts.alert_id = each.alert_id
LEFT JOIN told ON told.alert_id = each.alert_id AND told.state = each.state AND told.severity = each.severity AND told.visit = each.visit
WHERE has({states: Array(String)}, each.state)
  AND has({severities: Array(String)}, each.severity)
  AND (empty({kinds: Array(String)}) OR hasAny(current.kinds, {kinds: Array(String)}))
  AND (told.status = '' OR (told.status = 'waiting' AND told.next_at <= {now: DateTime64(3, 'UTC')}))
ORDER BY current.raised_at, alert_id, at
LIMIT {limit: UInt32}
