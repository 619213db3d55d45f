-- What the programs remember about their own work. No analyst reads these.

CREATE TABLE IF NOT EXISTS raw_dead_letters{{local}} {{on_cluster}}
(
    _topic LowCardinality(String) COMMENT 'Kafka topic of the refused delivery',
    _partition UInt32 COMMENT 'Kafka partition of the refused delivery',
    _offset UInt64 COMMENT 'Kafka offset of the refused delivery',
    reason LowCardinality(String) COMMENT 'code of the reason',
    detail String COMMENT 'what was wrong, in words' CODEC(ZSTD(1)),
    key String COMMENT 'Kafka key, as bytes' CODEC(ZSTD(1)),
    value String COMMENT 'Kafka value, as bytes' CODEC(ZSTD(3)),
    dead_at DateTime64(3, 'UTC') COMMENT 'when the sink set it aside',
    replayed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it was sent again; null = never',
    updated_at DateTime64(3, 'UTC') DEFAULT coalesce(replayed_at, dead_at) COMMENT 'the latest row of a position holds'
)
ENGINE = {{engine:ReplacingMergeTree(updated_at)}}
ORDER BY (_topic, _partition, _offset)
SETTINGS {{deduplication_window}} = 10000
COMMENT 'Deliveries that could not be stored; their offsets count as read. Read with FINAL';

{{distributed:raw_dead_letters sipHash64(_topic, _partition)}};

CREATE TABLE IF NOT EXISTS raw_processor_progress {{on_cluster}}
(
    processor LowCardinality(String) COMMENT 'id of the processor',
    slot String COMMENT 'what the position is about: a topic and partition, a bucket, or "" for the whole',
    position String COMMENT 'how far it has got; its form is the processor''s own',
    updated_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when it got there; the latest row of a slot holds'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(updated_at)}}
ORDER BY (processor, slot)
COMMENT 'How far each processor has read. Read with FINAL';

-- Two different events under one (source, event_id) land in different places of the reading order, so that
-- ReplacingMergeTree cannot see them together. A processor finds them and lists here every delivery but the first.
CREATE TABLE IF NOT EXISTS raw_event_conflicts {{on_cluster}}
(
    event_type LowCardinality(String) COMMENT 'type of the event, as in the contract',
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery that does not count',
    _partition UInt32 COMMENT 'its partition',
    _offset UInt64 COMMENT 'its offset',
    source LowCardinality(String) COMMENT 'feed that used the id twice',
    event_id String COMMENT 'the id used twice',
    kept_partition UInt32 COMMENT 'partition of the first delivery, which counts',
    kept_offset UInt64 COMMENT 'offset of the first delivery, which counts',
    found_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when it was found'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(found_at)}}
ORDER BY (event_type, _topic, _partition, _offset)
COMMENT 'Deliveries whose (source, event_id) was first used by a different event: core views leave them out';
