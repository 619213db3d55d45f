CREATE OR REPLACE VIEW mart_freshness {{on_cluster}}
(
    event_type LowCardinality(String) COMMENT 'type of the events',
    source LowCardinality(String) COMMENT 'the feed',
    last_event_time DateTime64(3, 'UTC') COMMENT 'newest event_time',
    last_ingested_at DateTime64(3, 'UTC') COMMENT 'newest arrival',
    age_s Float64 COMMENT 'now - last_event_time, seconds; negative when the source is ahead',
    deliveries_24h UInt64 COMMENT 'deliveries of the last 24 whole hours, repeated ones too',
    lag_p50_s Nullable(Float64) COMMENT 'median of the seconds from event_time to arrival, in the last hour in which it sent anything',
    lag_p99_s Nullable(Float64) COMMENT '99th percentile of the same'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_type,
    source,
    max(hours.last_event_time) AS last_event_time,
    max(hours.last_ingested_at) AS last_ingested_at,
    dateDiff('millisecond', max(hours.last_event_time), now64(3, 'UTC')) / 1000 AS age_s,
    sumIf(deliveries, arrived_hour > now() - INTERVAL 24 HOUR) AS deliveries_24h,
    argMax(hours.lag_p50_s, arrived_hour) AS lag_p50_s,
    argMax(hours.lag_p99_s, arrived_hour) AS lag_p99_s
FROM mart_feed_arrivals AS hours
GROUP BY event_type, source
COMMENT 'How fresh each feed is (D1)'
