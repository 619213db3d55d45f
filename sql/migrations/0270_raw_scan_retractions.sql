-- scan_retraction: scans that were declared errors.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_scan_retractions{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that scanned; "" only for a consumer''s scan',
    code String COMMENT 'the code that was scanned' CODEC(ZSTD(1)),
    reason LowCardinality(Nullable(String)) COMMENT 'why, in a word of the Core Business Vocabulary; null when left out',
    corrective_event_ids Nullable(String) COMMENT 'EPCIS ids of the events that hold instead, parted by spaces; null when left out' CODEC(ZSTD(1)),
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
COMMENT 'Ledger of scans declared errors: every delivery, repeated ones too';

{{distributed:raw_scan_retractions sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read by the id of the scan that it takes back.
CREATE TABLE IF NOT EXISTS raw_scan_retractions_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that scanned; "" only for a consumer''s scan',
    code String COMMENT 'the code that was scanned' CODEC(ZSTD(1)),
    reason LowCardinality(Nullable(String)) COMMENT 'why, in a word of the Core Business Vocabulary; null when left out',
    corrective_event_ids Nullable(String) COMMENT 'EPCIS ids of the events that hold instead, parted by spaces; null when left out' CODEC(ZSTD(1)),
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
ORDER BY (source, event_id)
COMMENT 'Scans declared errors, in reading order; read with FINAL';

{{distributed:raw_scan_retractions_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_scan_retractions_to_by_key {{on_cluster}}
TO raw_scan_retractions_by_key{{local}}
AS SELECT * FROM raw_scan_retractions{{local}}
COMMENT 'Copies each insert into raw_scan_retractions to raw_scan_retractions_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';

ALTER TABLE raw_scan_retractions{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_scan_retractions_by_key{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;

-- A scan that was declared an error is left out of the core views as a conflicting delivery is.
ALTER TABLE raw_event_conflicts {{on_cluster}}
    ADD COLUMN IF NOT EXISTS why LowCardinality(String) DEFAULT 'id_used_twice' COMMENT 'id_used_twice: another event had the id first; retracted: its sender declared it an error' AFTER event_id,
    COMMENT COLUMN kept_partition 'partition of the first delivery, which counts, or of the retraction',
    COMMENT COLUMN kept_offset 'offset of the first delivery, which counts, or of the retraction';
