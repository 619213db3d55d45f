-- activity: acts of dealers' people.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_activity{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that the event is about',
    kind LowCardinality(String) COMMENT 'what was done',
    user_ref Nullable(String) COMMENT 'who did it, as the source names them; null when left out' CODEC(ZSTD(1)),
    subject_id Nullable(String) COMMENT 'what it was done to: the course, the return, the lead, the ticket; null when left out' CODEC(ZSTD(1)),
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    CONSTRAINT envelope CHECK notEmpty(_topic) AND notEmpty(event_id) AND notEmpty(source) AND event_time >= toDateTime64('2000-01-01 00:00:00', 3, 'UTC')
)
ENGINE = {{engine:MergeTree}}
PARTITION BY toYYYYMM(_ingested_at)
ORDER BY (_topic, _partition, _offset)
SETTINGS {{deduplication_window}} = 10000
COMMENT 'Ledger of acts of dealers'' people: every delivery, repeated ones too';

{{distributed:raw_activity sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read by kind and day (adoption, leads, returns).
CREATE TABLE IF NOT EXISTS raw_activity_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that the event is about',
    kind LowCardinality(String) COMMENT 'what was done',
    user_ref Nullable(String) COMMENT 'who did it, as the source names them; null when left out' CODEC(ZSTD(1)),
    subject_id Nullable(String) COMMENT 'what it was done to: the course, the return, the lead, the ticket; null when left out' CODEC(ZSTD(1)),
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
PARTITION BY toYYYYMM(event_time)
ORDER BY (kind, toDate(event_time), dealer_id, source, event_id)
COMMENT 'Acts of dealers'' people in reading order; read with FINAL';

{{distributed:raw_activity_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_activity_to_by_key {{on_cluster}}
TO raw_activity_by_key{{local}}
AS SELECT * FROM raw_activity{{local}}
COMMENT 'Copies each insert into raw_activity to raw_activity_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';
