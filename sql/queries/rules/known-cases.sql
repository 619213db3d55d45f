-- Cases that were raised of what happened in a stretch of event time, in whatever state they are now, with what people last said of
-- them: confirmed, dismissed, or nothing yet. A closed case keeps what was said before it was closed.
-- clickhouse-client --param_from='2026-10-01 00:00:00' --param_to='2026-11-01 00:00:00'
WITH verdicts AS
    (
        SELECT moves.alert_id AS alert_id, argMax(moves.to_state, (moves.event_time, moves.event_id)) AS verdict
        FROM core_case_transitions AS moves
        WHERE moves.to_state IN ('confirmed', 'dismissed')
        GROUP BY moves.alert_id
    )
SELECT
    cases.alert_id AS alert_id, cases.state AS state, verdicts.verdict AS verdict, cases.origin_dealer_id AS origin_dealer_id,
    cases.found_adcode AS found_adcode, cases.sku_id AS sku_id, cases.lot AS lot
FROM mart_diversion_cases AS cases
LEFT JOIN verdicts ON verdicts.alert_id = cases.alert_id
WHERE cases.last_event_time >= {from: DateTime64(3, 'UTC')} AND cases.first_event_time < {to: DateTime64(3, 'UTC')}
ORDER BY alert_id
