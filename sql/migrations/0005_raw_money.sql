-- money: documents of dealers' accounts.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_money{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that the event is about',
    doc_id String COMMENT 'the document' CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'what the document is',
    amount Decimal(38, 6) COMMENT 'amount of the document, in currency' CODEC(ZSTD(1)),
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money in this event',
    order_id Nullable(String) COMMENT 'the order it is about; null when left out' CODEC(ZSTD(1)),
    program_id LowCardinality(Nullable(String)) COMMENT 'the rebate programme it is about; null when left out',
    period LowCardinality(Nullable(String)) COMMENT 'month, YYYY-MM; null when left out',
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
COMMENT 'Ledger of documents of dealers'' accounts: every delivery, repeated ones too';

{{distributed:raw_money sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read as one dealer's account in the order of time.
CREATE TABLE IF NOT EXISTS raw_money_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that the event is about',
    doc_id String COMMENT 'the document' CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'what the document is',
    amount Decimal(38, 6) COMMENT 'amount of the document, in currency' CODEC(ZSTD(1)),
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money in this event',
    order_id Nullable(String) COMMENT 'the order it is about; null when left out' CODEC(ZSTD(1)),
    program_id LowCardinality(Nullable(String)) COMMENT 'the rebate programme it is about; null when left out',
    period LowCardinality(Nullable(String)) COMMENT 'month, YYYY-MM; null when left out',
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
PARTITION BY toYYYYMM(event_time)
ORDER BY (dealer_id, event_time, doc_id, source, event_id)
COMMENT 'Documents of dealers'' accounts in reading order; read with FINAL';

{{distributed:raw_money_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_money_to_by_key {{on_cluster}}
TO raw_money_by_key{{local}}
AS SELECT * FROM raw_money{{local}}
COMMENT 'Copies each insert into raw_money to raw_money_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';
