-- Whether a feed tells what happens in the order in which it happens: how long to wait for what it may still tell late.
CREATE TABLE IF NOT EXISTS raw_scan_feed_order {{on_cluster}}
(
    source LowCardinality(String) COMMENT 'the feed',
    partition UInt32 COMMENT 'Kafka partition of the scans looked at: in one of them deliveries keep the order in which they came',
    scans UInt64 COMMENT 'scans looked at, repeated deliveries left out',
    late_1m UInt64 COMMENT 'of these, came after a scan of the feed that lies more than a minute later',
    late_15m UInt64 COMMENT 'of these, came after a scan of the feed that lies more than 15 minutes later',
    late_60m UInt64 COMMENT 'of these, came after a scan of the feed that lies more than an hour later',
    measured_at DateTime64(3, 'UTC') COMMENT 'when it was looked at'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(measured_at)}}
ORDER BY (source, partition)
COMMENT 'In what order the newest scans of each feed came; read with FINAL';
