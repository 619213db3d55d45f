-- Every move that people made with a case, in order.
-- clickhouse-client --param_alert_id=dv-…
SELECT event_id, source, event_time, from_state, to_state, actor, ifNull(assignee, '') AS assignee, ifNull(reason, '') AS reason
FROM core_case_transitions
WHERE alert_id = {alert_id: String}
ORDER BY event_time, event_id
