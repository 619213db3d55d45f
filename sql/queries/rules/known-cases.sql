-- Cases that were raised of what happened in a stretch of event time, in whatever state they are now, with what people last said of
-- them: confirmed, dismissed, or nothing yet. A closed case keeps what was said before it was closed; of one that is taken up again, or was
-- dismissed as a duplicate, nothing is said (mart_diversion_rules). A case that others were merged into is about all of them.
-- clickhouse-client --param_from='2026-10-01 00:00:00' --param_to='2026-11-01 00:00:00'
WITH verdicts AS
    (
        SELECT
            moves.alert_id AS alert_id,
            argMaxIf((moves.to_state, ifNull(moves.reason, '')), (moves.event_time, moves.event_id), moves.to_state IN ('confirmed', 'dismissed')) AS last,
            if(last.1 = 'dismissed' AND (startsWith(lower(last.2), 'duplicate') OR startsWith(last.2, '重复')), '', last.1) AS verdict
        FROM core_case_transitions AS moves
        GROUP BY moves.alert_id
        HAVING argMax(moves.to_state, (moves.event_time, moves.event_id)) IN ('confirmed', 'dismissed', 'closed')
    ),
    members AS
    (
        SELECT
            lead_alert_id,
            groupArray((toString(origin_dealer_id), core_case_region(found_adcode, found_territory_id), toString(sku_id), toString(lot))) AS parts
        FROM mart_diversion_case_members
        GROUP BY lead_alert_id
    )
SELECT
    cases.alert_id AS alert_id, cases.state AS state, verdicts.verdict AS verdict,
    arrayPushFront(members.parts, (toString(cases.origin_dealer_id), core_case_region(cases.found_adcode, cases.found_territory_id), toString(cases.sku_id), toString(cases.lot))) AS about
FROM mart_diversion_cases AS cases
LEFT JOIN verdicts ON verdicts.alert_id = cases.alert_id
LEFT JOIN members ON members.lead_alert_id = cases.alert_id
WHERE cases.last_event_time >= {from: DateTime64(3, 'UTC')} AND cases.first_event_time < {to: DateTime64(3, 'UTC')}
ORDER BY alert_id
