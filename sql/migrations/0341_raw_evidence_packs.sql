-- evidence_pack: evidence packs of cases that were given out.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_evidence_packs{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    alert_id String COMMENT 'the case' CODEC(ZSTD(1)),
    state LowCardinality(String) COMMENT 'where the case stood',
    actor String COMMENT 'who took the pack' CODEC(ZSTD(1)),
    digest String COMMENT 'SHA-256 of its manifest, hexadecimal: the header evidence-digest' CODEC(ZSTD(1)),
    size_bytes UInt32 COMMENT 'of the ZIP' CODEC(ZSTD(1)),
    version String COMMENT 'version of the programs that made it' CODEC(ZSTD(1)),
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
COMMENT 'Ledger of evidence packs given out: every delivery, repeated ones too';

{{distributed:raw_evidence_packs sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read as the custody of one case's packs.
CREATE TABLE IF NOT EXISTS raw_evidence_packs_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    alert_id String COMMENT 'the case' CODEC(ZSTD(1)),
    state LowCardinality(String) COMMENT 'where the case stood',
    actor String COMMENT 'who took the pack' CODEC(ZSTD(1)),
    digest String COMMENT 'SHA-256 of its manifest, hexadecimal: the header evidence-digest' CODEC(ZSTD(1)),
    size_bytes UInt32 COMMENT 'of the ZIP' CODEC(ZSTD(1)),
    version String COMMENT 'version of the programs that made it' CODEC(ZSTD(1)),
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
PARTITION BY toYYYYMM(event_time)
ORDER BY (alert_id, event_time, source, event_id)
COMMENT 'Evidence packs given out, in reading order; read with FINAL';

{{distributed:raw_evidence_packs_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_evidence_packs_to_by_key {{on_cluster}}
TO raw_evidence_packs_by_key{{local}}
AS SELECT * FROM raw_evidence_packs{{local}}
COMMENT 'Copies each insert into raw_evidence_packs to raw_evidence_packs_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';

ALTER TABLE raw_evidence_packs{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_evidence_packs_by_key{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
