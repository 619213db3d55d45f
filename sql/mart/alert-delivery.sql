CREATE OR REPLACE VIEW mart_alert_delivery {{on_cluster}}
(
    way LowCardinality(String) COMMENT 'how the alert is delivered: wallboard or webhook',
    cases UInt64 COMMENT 'cases raised in the last 28 days',
    delay_p50_s Nullable(Float64) COMMENT 'median seconds from the first event of a case to its raising; null where there is none',
    delay_p99_s Nullable(Float64) COMMENT '99th percentile of the same',
    reason String COMMENT 'why they are null; empty = they are not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH raised AS
    (
        SELECT count() AS n, quantilesExactInclusiveOrNull(0.5, 0.99)(dateDiff('millisecond', first_event_time, raised_at) / 1000) AS delays
        FROM mart_diversion_cases
        WHERE raised_at > now64(3, 'UTC') - INTERVAL 28 DAY
    )
SELECT
    delivered_by AS way,
    if(delivered_by = 'wallboard', n, 0) AS cases,
    if(reason = '', toNullable(delays[1]), NULL) AS delay_p50_s,
    if(reason = '', toNullable(delays[2]), NULL) AS delay_p99_s,
    multiIf(delivered_by = 'webhook', 'no webhook is configured: none was delivered', n = 0, 'no case was raised in 28 days', '') AS reason
FROM raised
ARRAY JOIN ['wallboard', 'webhook'] AS delivered_by
COMMENT 'How long after its events an alert is raised (D23)'
