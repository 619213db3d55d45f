-- The last move of each of these cases, and the assignee that holds, as queries/processors/case-moves.sql has them of all.
-- clickhouse-client --param_alert_ids="['dv-…']"
SELECT
    alert_id,
    max(moves.event_time) AS event_time,
    argMax(to_state, (moves.event_time, event_id)) AS to_state,
    ifNull(argMaxIf(moves.assignee, (moves.event_time, event_id), isNotNull(moves.assignee)), '') AS assignee,
    argMax(ifNull(moves.reason, ''), (moves.event_time, event_id)) AS reason
FROM core_case_transitions AS moves
WHERE alert_id IN {alert_ids: Array(String)}
GROUP BY alert_id
