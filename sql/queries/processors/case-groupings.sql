-- The last that people said of each case that they ever merged: of which it is part, or that it was split off.
SELECT
    member AS alert_id,
    argMax((lead_alert_id, action), (said.event_time, event_id)) AS last,
    last.1 AS lead_alert_id,
    last.2 AS action
FROM core_case_groupings AS said
ARRAY JOIN member_ids AS member
GROUP BY member
