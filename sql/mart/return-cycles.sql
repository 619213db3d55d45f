CREATE OR REPLACE VIEW mart_return_cycles {{on_cluster}}
(
    month Date32 COMMENT 'first day of the local month in which the returns were asked for',
    requested UInt64 COMMENT 'returns asked for',
    closed UInt64 COMMENT 'of them closed by now',
    cycle_p50_d Nullable(Float64) COMMENT 'median days from asking to closing; null while none is closed',
    cycle_p90_d Nullable(Float64) COMMENT '90th percentile of the same',
    reason String COMMENT 'why they are null; empty = they are not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH returns AS
    (
        SELECT
            dealer_id, subject_id,
            minOrNullIf(event_time, kind = 'return_requested') AS asked_at,
            minOrNullIf(event_time, kind = 'return_closed') AS closed_at
        FROM core_activity
        WHERE kind IN ('return_requested', 'return_closed') AND subject_id IS NOT NULL
        GROUP BY dealer_id, subject_id
    )
SELECT
    toDate32(toStartOfMonth(toDate32(assumeNotNull(asked_at), '{{time_zone}}'))) AS month,
    count() AS requested,
    countIf(closed_at >= asked_at) AS closed,
    quantileExactInclusiveOrNullIf(0.5)(dateDiff('millisecond', asked_at, closed_at) / 86400000, closed_at >= asked_at) AS cycle_p50_d,
    quantileExactInclusiveOrNullIf(0.9)(dateDiff('millisecond', asked_at, closed_at) / 86400000, closed_at >= asked_at) AS cycle_p90_d,
    if(closed > 0, '', 'none is closed yet') AS reason
FROM returns
WHERE asked_at IS NOT NULL
GROUP BY month
COMMENT 'How long returns take (D12), by the month in which they were asked for'
