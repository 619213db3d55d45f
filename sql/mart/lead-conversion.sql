CREATE OR REPLACE VIEW mart_lead_conversion {{on_cluster}}
(
    cohort Date32 COMMENT 'first day of the local month in which the leads were created',
    leads UInt64 COMMENT 'leads created',
    won UInt64 COMMENT 'of them won by now',
    conversion Float64 COMMENT 'won / leads, 0-1',
    to_win_p50_d Nullable(Float64) COMMENT 'median days from created to won; null while none is won',
    reason String COMMENT 'why it is null; empty = it is not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH opened AS
    (
        SELECT dealer_id, subject_id, minOrNullIf(event_time, kind = 'lead_created') AS created_at, minOrNullIf(event_time, kind = 'lead_won') AS won_at
        FROM core_activity
        WHERE kind IN ('lead_created', 'lead_won') AND subject_id IS NOT NULL
        GROUP BY dealer_id, subject_id
    )
SELECT
    toDate32(toStartOfMonth(toDate32(assumeNotNull(created_at), '{{time_zone}}'))) AS cohort,
    count() AS leads,
    countIf(won_at >= created_at) AS won,
    won / leads AS conversion,
    quantileExactInclusiveOrNullIf(0.5)(dateDiff('millisecond', created_at, won_at) / 86400000, won_at >= created_at) AS to_win_p50_d,
    if(won > 0, '', 'none is won yet') AS reason
FROM opened
WHERE created_at IS NOT NULL
GROUP BY cohort
COMMENT 'Conversion of leads by the month in which they were created (D8)'
