-- Every move that people made with a case and those that are part of it, in order, and what they merged and split.
-- clickhouse-client --param_alert_id=dv-…
WITH members AS (SELECT alert_id FROM mart_diversion_case_members WHERE lead_alert_id = {alert_id: String})
SELECT
    event_id, source, moves.event_time AS event_time, moves.alert_id AS alert_id, 'move' AS action, from_state, to_state, [] AS member_ids,
    actor, ifNull(assignee, '') AS assignee, ifNull(reason, '') AS reason
FROM core_case_transitions AS moves
WHERE moves.alert_id = {alert_id: String} OR moves.alert_id IN (SELECT alert_id FROM members)
UNION ALL
SELECT
    event_id, source, event_time, lead_alert_id AS alert_id, said.action AS action, '' AS from_state, '' AS to_state,
    said.member_ids AS member_ids, actor, '' AS assignee, ifNull(reason, '') AS reason
FROM core_case_groupings AS said
WHERE lead_alert_id = {alert_id: String} OR has(said.member_ids, {alert_id: String}) OR lead_alert_id IN (SELECT alert_id FROM members)
ORDER BY event_time, event_id
