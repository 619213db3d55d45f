-- case_grouping: cases that people merged, and split off again.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_case_groupings{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    lead_alert_id String COMMENT 'the case that the members are part of, or were' CODEC(ZSTD(1)),
    action LowCardinality(String) COMMENT 'what became of them: merge or split',
    member_ids Array(String) COMMENT 'the cases that are merged into the lead, or split off from it' CODEC(ZSTD(1)),
    actor String COMMENT 'who said so' CODEC(ZSTD(1)),
    reason Nullable(String) COMMENT 'why; null when left out' CODEC(ZSTD(1)),
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
COMMENT 'Ledger of cases merged and split: every delivery, repeated ones too';

{{distributed:raw_case_groupings sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read as the history of one lead.
CREATE TABLE IF NOT EXISTS raw_case_groupings_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    lead_alert_id String COMMENT 'the case that the members are part of, or were' CODEC(ZSTD(1)),
    action LowCardinality(String) COMMENT 'what became of them: merge or split',
    member_ids Array(String) COMMENT 'the cases that are merged into the lead, or split off from it' CODEC(ZSTD(1)),
    actor String COMMENT 'who said so' CODEC(ZSTD(1)),
    reason Nullable(String) COMMENT 'why; null when left out' CODEC(ZSTD(1)),
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
PARTITION BY toYYYYMM(event_time)
ORDER BY (lead_alert_id, event_time, source, event_id)
COMMENT 'Cases merged and split, in reading order; read with FINAL';

{{distributed:raw_case_groupings_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_case_groupings_to_by_key {{on_cluster}}
TO raw_case_groupings_by_key{{local}}
AS SELECT * FROM raw_case_groupings{{local}}
COMMENT 'Copies each insert into raw_case_groupings to raw_case_groupings_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';

ALTER TABLE raw_case_groupings{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;
ALTER TABLE raw_case_groupings_by_key{{local}} {{on_cluster}} MODIFY SETTING merge_selector_base = 15;

-- What the last of these groupings made of each case.
ALTER TABLE raw_mart_diversion_cases {{on_cluster}}
    ADD COLUMN IF NOT EXISTS merged_into String COMMENT 'the case that this one is part of; empty = it stands alone or leads' AFTER reason,
    ADD COLUMN IF NOT EXISTS member_ids Array(String) COMMENT 'the cases that people merged into this one' AFTER merged_into;
