-- open_diversion_cases (D14) at each `as_of`: cases raised by then whose state then was open, acknowledged or investigating, and that
-- were not part of another then.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']"
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    moves AS
    (
        SELECT alert_id, arraySort(groupArray((event_time, event_id, to_state))) AS path
        FROM core_case_transitions
        GROUP BY alert_id
    ),
    groupings AS
    (
        SELECT member AS alert_id, arraySort(groupArray((event_time, event_id, action))) AS said
        FROM core_case_groupings
        ARRAY JOIN member_ids AS member
        GROUP BY member
    ),
    cases AS
    (
        SELECT alert_id, raised_at FROM mart_diversion_cases
        UNION ALL
        SELECT alert_id, raised_at FROM mart_diversion_case_members
    )
SELECT
    as_of,
    countIf(state_then IN ('', 'open', 'acknowledged', 'investigating') AND grouping_then != 'merge') AS open_cases
FROM
(
    SELECT
        as_of,
        arrayLast(move -> move.1 <= instant, path).3 AS state_then,
        arrayLast(grouping -> grouping.1 <= instant, said).3 AS grouping_then
    FROM cases
    LEFT JOIN moves ON moves.alert_id = cases.alert_id
    LEFT JOIN groupings ON groupings.alert_id = cases.alert_id
    ARRAY JOIN {as_ofs: Array(String)} AS as_of, instants AS instant
    WHERE cases.raised_at <= instant
)
GROUP BY as_of
