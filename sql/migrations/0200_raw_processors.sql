-- What the processors remember: which event has which id, and what they have published. No analyst reads these.

-- By id, unlike the reading orders: an id used by two different events is found in the time of one look-up.
CREATE TABLE IF NOT EXISTS raw_event_ids {{on_cluster}}
(
    event_type LowCardinality(String) COMMENT 'type of the event, as in the contract',
    id_hash UInt128 COMMENT 'sipHash128 of source and event_id',
    content_hash UInt64 COMMENT 'sipHash64 of the whole event: equal for a repeated delivery' CODEC(ZSTD(1)),
    topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    partition UInt32 COMMENT 'its partition',
    offset UInt64 COMMENT 'its offset' CODEC(ZSTD(1)),
    ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote it' CODEC(ZSTD(1))
)
ENGINE = {{engine_everywhere:ReplacingMergeTree}}
ORDER BY (event_type, id_hash, topic, partition, offset)
COMMENT 'Every delivery by the hash of its (source, event_id)';

CREATE TABLE IF NOT EXISTS raw_live_rows {{on_cluster}}
(
    topic LowCardinality(String) COMMENT 'live topic of the wallboard',
    key String COMMENT 'key of the row within its topic',
    processor LowCardinality(String) COMMENT 'id of the processor that published it',
    row String COMMENT 'the row as it was published, JSON' CODEC(ZSTD(3)),
    as_of Nullable(DateTime64(3, 'UTC')) COMMENT 'event time up to which it holds; null when no data has come',
    updated_at DateTime64(3, 'UTC') COMMENT 'when it was published; the latest row of a key holds',
    is_deleted UInt8 COMMENT '1 = it was deleted then'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(updated_at, is_deleted)}}
ORDER BY (topic, key)
COMMENT 'What the wallboard shows. Read with FINAL';
