-- The last that people said of each case that they ever merged: of which it is part, or that it was split off.
SELECT
    member AS alert_id,
    argMax(said.lead_alert_id, (said.event_time, said.event_id)) AS lead_alert_id,
    argMax(said.action, (said.event_time, said.event_id)) AS action
FROM core_case_groupings AS said
ARRAY JOIN said.member_ids AS member
GROUP BY member
