-- open_diversion_cases (D14) at each `as_of`: cases raised by then whose state then was open, acknowledged or investigating.
-- clickhouse-client --param_as_ofs="['2026-11-24T12:00:00.000Z']"
WITH
    arrayMap(t -> parseDateTime64BestEffort(t, 3, 'UTC'), {as_ofs: Array(String)}) AS instants,
    moves AS
    (
        SELECT alert_id, arraySort(groupArray((event_time, event_id, to_state))) AS path
        FROM core_case_transitions
        GROUP BY alert_id
    )
SELECT
    as_of,
    countIf(state_then IN ('', 'open', 'acknowledged', 'investigating')) AS open_cases
FROM
(
    SELECT as_of, arrayLast(move -> move.1 <= instant, path).3 AS state_then
    FROM mart_diversion_cases AS cases
    LEFT JOIN moves ON moves.alert_id = cases.alert_id
    ARRAY JOIN {as_ofs: Array(String)} AS as_of, instants AS instant
    WHERE cases.raised_at <= instant
)
GROUP BY as_of
