CREATE OR REPLACE VIEW mart_trainings {{on_cluster}}
(
    month Date32 COMMENT 'first day of the local month',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    completed UInt64 COMMENT 'trainings that its people completed: each person and course once a month',
    people UInt64 COMMENT 'people who completed one'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    toDate32(toStartOfMonth(toDate32(event_time, '{{time_zone}}'))) AS month,
    dealer_id,
    uniqExact(ifNull(user_ref, ''), ifNull(subject_id, event_id)) AS completed,
    uniqExact(ifNull(user_ref, '')) AS people
FROM core_activity
WHERE kind = 'training_completed'
GROUP BY month, dealer_id
COMMENT 'Trainings completed (D12)'
