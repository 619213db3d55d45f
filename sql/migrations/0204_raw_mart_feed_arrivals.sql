-- Storage of mart_feed_arrivals. A bucket is ten thousand offsets of one partition: it is read again as a whole.
CREATE TABLE IF NOT EXISTS raw_mart_feed_arrivals {{on_cluster}}
(
    event_type LowCardinality(String) COMMENT 'type of the events',
    source LowCardinality(String) COMMENT 'the feed',
    arrived_hour DateTime('UTC') COMMENT 'hour of arrival',
    topic LowCardinality(String) COMMENT 'Kafka topic',
    partition UInt32 COMMENT 'Kafka partition',
    chunk UInt64 COMMENT 'offset divided by 10000',
    deliveries UInt64 COMMENT 'deliveries, repeated ones too',
    last_event_time DateTime64(3, 'UTC') COMMENT 'newest event_time',
    last_ingested_at DateTime64(3, 'UTC') COMMENT 'newest arrival',
    lag AggregateFunction(quantilesBFloat16(0.5, 0.99), Float32) COMMENT 'seconds from event_time to arrival, as a histogram of 0.4 % resolution',
    version UInt64 COMMENT 'run that computed the row; the highest holds'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version)}}
ORDER BY (event_type, source, arrived_hour, topic, partition, chunk)
COMMENT 'Storage of mart_feed_arrivals. Read with FINAL';
