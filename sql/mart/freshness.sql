CREATE OR REPLACE VIEW mart_freshness {{on_cluster}}
(
    event_type LowCardinality(String) COMMENT 'type of the events',
    source LowCardinality(String) COMMENT 'the feed',
    last_event_time DateTime64(3, 'UTC') COMMENT 'newest event_time',
    last_ingested_at DateTime64(3, 'UTC') COMMENT 'newest arrival',
    age_s Float64 COMMENT 'now - last_event_time, seconds; negative when the source is ahead',
    deliveries_24h UInt64 COMMENT 'deliveries of the last 24 whole hours, repeated ones too',
    lag_p50_s Nullable(Float64) COMMENT 'median of the seconds from event_time to arrival, in the last hour in which it sent anything',
    lag_p99_s Nullable(Float64) COMMENT '99th percentile of the same',
    sla_s UInt32 COMMENT 'how old its newest event may be (its SLA): the limit of the source, else of its type, else an hour; seconds',
    state LowCardinality(String) COMMENT 'live: at most sla_s old; late: at most three times that; stale: older'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    -- By type, or by source|type: the same as processors/settings/feed-sla.json (a test compares them).
    [('order', 3600), ('scan', 3600), ('stock', 93600), ('money', 93600), ('activity', 93600)] AS limits
SELECT
    event_type,
    source,
    max(hours.last_event_time) AS last_event_time,
    max(hours.last_ingested_at) AS last_ingested_at,
    dateDiff('millisecond', max(hours.last_event_time), now64(3, 'UTC')) / 1000 AS age_s,
    sumIf(deliveries, arrived_hour > now() - INTERVAL 24 HOUR) AS deliveries_24h,
    argMax(hours.lag_p50_s, arrived_hour) AS lag_p50_s,
    argMax(hours.lag_p99_s, arrived_hour) AS lag_p99_s,
    toUInt32(coalesce(
        nullIf(limits.2[indexOf(limits.1, source || '|' || event_type)], 0), nullIf(limits.2[indexOf(limits.1, toString(event_type))], 0), 3600)) AS sla_s,
    multiIf(age_s <= sla_s, 'live', age_s <= 3 * sla_s, 'late', 'stale') AS state
FROM mart_feed_arrivals AS hours
GROUP BY event_type, source
COMMENT 'How fresh each feed is (D1)'
