-- The last move of each case, or of each of those named, and the assignee that holds: a move without one leaves the case with whom it was, an
-- empty one with nobody.
-- clickhouse-client --param_alert_ids="[]"
SELECT
    alert_id,
    max(moves.event_time) AS event_time,
    argMax(to_state, (moves.event_time, event_id)) AS to_state,
    ifNull(argMaxIf(moves.assignee, (moves.event_time, event_id), isNotNull(moves.assignee)), '') AS assignee,
    argMax(ifNull(moves.reason, ''), (moves.event_time, event_id)) AS reason
FROM core_case_transitions AS moves
WHERE empty({alert_ids: Array(String)}) OR alert_id IN {alert_ids: Array(String)}
GROUP BY alert_id
