-- case_transition: moves of cases to another state.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_case_transitions{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    alert_id String COMMENT 'the case' CODEC(ZSTD(1)),
    from_state LowCardinality(String) COMMENT 'state before',
    to_state LowCardinality(String) COMMENT 'state after',
    actor String COMMENT 'who moved it' CODEC(ZSTD(1)),
    assignee Nullable(String) COMMENT 'who works on it from now on; null when left out' CODEC(ZSTD(1)),
    reason Nullable(String) COMMENT 'why; needed for dismissed; null when left out' CODEC(ZSTD(1)),
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
COMMENT 'Ledger of moves of cases to another state: every delivery, repeated ones too';

{{distributed:raw_case_transitions sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read as the history of one case.
CREATE TABLE IF NOT EXISTS raw_case_transitions_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    alert_id String COMMENT 'the case' CODEC(ZSTD(1)),
    from_state LowCardinality(String) COMMENT 'state before',
    to_state LowCardinality(String) COMMENT 'state after',
    actor String COMMENT 'who moved it' CODEC(ZSTD(1)),
    assignee Nullable(String) COMMENT 'who works on it from now on; null when left out' CODEC(ZSTD(1)),
    reason Nullable(String) COMMENT 'why; needed for dismissed; null when left out' CODEC(ZSTD(1)),
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
PARTITION BY toYYYYMM(event_time)
ORDER BY (alert_id, event_time, source, event_id)
COMMENT 'Moves of cases to another state in reading order; read with FINAL';

{{distributed:raw_case_transitions_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_case_transitions_to_by_key {{on_cluster}}
TO raw_case_transitions_by_key{{local}}
AS SELECT * FROM raw_case_transitions{{local}}
COMMENT 'Copies each insert into raw_case_transitions to raw_case_transitions_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';
