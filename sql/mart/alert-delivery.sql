CREATE OR REPLACE VIEW mart_alert_delivery {{on_cluster}}
(
    way LowCardinality(String) COMMENT 'how the alert is delivered: wallboard or webhook',
    cases UInt64 COMMENT 'cases raised in the last 28 days that were delivered this way',
    delay_p50_s Nullable(Float64) COMMENT 'median seconds from the first event of a case to its raising, or to its first delivery; null where there is none',
    delay_p99_s Nullable(Float64) COMMENT '99th percentile of the same',
    reason String COMMENT 'why they are null; empty = they are not'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    raised AS
    (
        SELECT alert_id, first_event_time, raised_at
        FROM mart_diversion_cases
        WHERE raised_at > now64(3, 'UTC') - INTERVAL 28 DAY
    ),
    delivered AS
    (
        SELECT alert_id, min(attempted_at) AS delivered_at
        FROM mart_webhook_deliveries
        WHERE status = 'delivered'
        GROUP BY alert_id
    ),
    delays AS
    (
        SELECT 'wallboard' AS kind, dateDiff('millisecond', first_event_time, raised_at) / 1000 AS delay_s FROM raised
        UNION ALL
        SELECT 'webhook' AS kind, dateDiff('millisecond', raised.first_event_time, delivered.delivered_at) / 1000 AS delay_s
        FROM raised
        INNER JOIN delivered ON delivered.alert_id = raised.alert_id
    ),
    (SELECT count() > 0 FROM raw_webhook_targets) AS has_webhook
SELECT
    ways.name AS way,
    countIf(delays.kind = ways.name) AS cases,
    quantileExactInclusiveOrNullIf(0.5)(delays.delay_s, delays.kind = ways.name) AS delay_p50_s,
    quantileExactInclusiveOrNullIf(0.99)(delays.delay_s, delays.kind = ways.name) AS delay_p99_s,
    multiIf(
        cases > 0, '',
        way = 'wallboard', 'no case was raised in 28 days',
        has_webhook, 'no case was delivered in 28 days',
        'no webhook is configured: none was delivered') AS reason
FROM (SELECT arrayJoin(['wallboard', 'webhook']) AS name) AS ways
LEFT JOIN delays ON delays.kind = ways.name
GROUP BY ways.name
COMMENT 'How long after its events an alert is raised, and delivered (D23)'
