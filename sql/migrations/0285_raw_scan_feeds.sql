-- How far each feed of scans has come, and whether it tells what may explain a scan out of order: what late data may explain waits for
-- those feeds, not for the fastest of all.
CREATE TABLE IF NOT EXISTS raw_scan_feeds {{on_cluster}}
(
    source LowCardinality(String) COMMENT 'the feed',
    explains SimpleAggregateFunction(max, UInt8) COMMENT '1 = it has told of shipments, returns or packing, or of scans of the manufacturer',
    last_event_time SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'newest event_time of the scans that the detector has taken in'
)
ENGINE = {{engine_everywhere:AggregatingMergeTree}}
ORDER BY source
COMMENT 'How far the feeds of scans have come for the detector of diversion. Read with GROUP BY';
