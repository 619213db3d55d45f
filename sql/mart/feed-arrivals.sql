CREATE OR REPLACE VIEW mart_feed_arrivals {{on_cluster}}
(
    event_type LowCardinality(String) COMMENT 'type of the events',
    source LowCardinality(String) COMMENT 'the feed',
    arrived_hour DateTime('UTC') COMMENT 'hour of arrival',
    deliveries UInt64 COMMENT 'deliveries, repeated ones too',
    last_event_time DateTime64(3, 'UTC') COMMENT 'newest event_time among them',
    last_ingested_at DateTime64(3, 'UTC') COMMENT 'newest arrival',
    lag_p50_s Nullable(Float64) COMMENT 'median of the seconds from event_time to arrival (0.4 % resolution)',
    lag_p99_s Nullable(Float64) COMMENT '99th percentile of the same'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_type,
    source,
    arrived_hour,
    sum(part.deliveries) AS deliveries,
    max(part.last_event_time) AS last_event_time,
    max(part.last_ingested_at) AS last_ingested_at,
    quantilesBFloat16Merge(0.5, 0.99)(lag)[1] AS lag_p50_s,
    quantilesBFloat16Merge(0.5, 0.99)(lag)[2] AS lag_p99_s
FROM (SELECT * FROM raw_mart_feed_arrivals FINAL) AS part
GROUP BY event_type, source, arrived_hour
COMMENT 'Arrivals by feed and hour (D1)'
