-- A case counts on the day on which it was raised, and, when people are done with it, on the day of their verdict: the first move to confirmed,
-- dismissed or closed since it was last open. Cases that were withdrawn (late data explain
-- them, or verdicts on others of their kinds leave too little of them) are gone, also from the days before; merged cases are one.
CREATE OR REPLACE VIEW mart_case_response {{on_cluster}}
(
    day Date32 COMMENT 'local day on which cases were raised or closed',
    kind LowCardinality(String) COMMENT 'the kind of signal that they rest on, among others; empty = cases of every kind, each once',
    raised UInt64 COMMENT 'cases raised that day: the alerts of the day. Those withdrawn since, before anybody took them up, count no more',
    mttd_h Nullable(Float64) COMMENT 'mean hours from the first event of a case to its raising, of those raised that day; null = none was',
    closed UInt64 COMMENT 'cases that people were done with that day: confirmed, dismissed or closed, and not taken up again since',
    confirmed UInt64 COMMENT 'of the closed ones those confirmed',
    dismissed UInt64 COMMENT 'of the closed ones those dismissed, also as duplicates',
    mttr_h Nullable(Float64) COMMENT 'mean hours from the raising of a case to that, of those closed that day; null = none was',
    precision Nullable(Float64) COMMENT 'confirmed ÷ closed; null = none was closed that day',
    reason String COMMENT 'why figures are null; empty = none is'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    ['confirmed', 'dismissed', 'closed'] AS done,
    moved AS
    (
        SELECT
            alert_id,
            argMax(to_state, (moves.event_time, event_id)) AS last_state,
            argMaxIf(to_state, (moves.event_time, event_id), to_state IN ('confirmed', 'dismissed')) AS verdict,
            maxIf(moves.event_time, NOT has(done, to_state)) AS last_open_at,
            groupArrayIf(moves.event_time, has(done, to_state)) AS done_at
        FROM core_case_transitions AS moves
        GROUP BY alert_id
    ),
    cases AS
    (
        SELECT
            arrayConcat([''], arrayMap(one -> toString(one), told.kinds)) AS all_kinds,
            told.first_event_time AS began_at, told.raised_at AS raised_at,
            has(done, moved.last_state) AS is_done, moved.verdict AS verdict,
            arrayMin(arrayFilter(at -> at >= moved.last_open_at, moved.done_at)) AS closed_at
        FROM (SELECT * FROM raw_mart_diversion_cases FINAL WHERE merged_into = '') AS told
        LEFT JOIN moved ON moved.alert_id = told.alert_id
    ),
    moments AS
    (
        SELECT
            raised_at AS happened_at, arrayJoin(all_kinds) AS of_kind, 0 AS is_end, '' AS said,
            greatest(0, dateDiff('millisecond', began_at, raised_at)) / 3600000 AS took_h
        FROM cases
        UNION ALL
        SELECT
            closed_at AS happened_at, arrayJoin(all_kinds) AS of_kind, 1 AS is_end, verdict AS said,
            greatest(0, dateDiff('millisecond', raised_at, closed_at)) / 3600000 AS took_h
        FROM cases
        WHERE is_done
    )
SELECT
    toDate32(happened_at, '{{time_zone}}') AS day,
    of_kind AS kind,
    countIf(is_end = 0) AS raised,
    avgOrNullIf(took_h, is_end = 0) AS mttd_h,
    countIf(is_end = 1) AS closed,
    countIf(said = 'confirmed') AS confirmed,
    countIf(said = 'dismissed') AS dismissed,
    avgOrNullIf(took_h, is_end = 1) AS mttr_h,
    if(closed = 0, NULL, confirmed / closed) AS precision,
    multiIf(raised = 0, 'no case was raised that day', closed = 0, 'no case was closed that day', '') AS reason
FROM moments
GROUP BY day, kind
COMMENT 'How fast cases of diversion are detected and resolved, and how many of the alerts were right, by day and kind (D14). Means of several days: weighted by raised and closed'
