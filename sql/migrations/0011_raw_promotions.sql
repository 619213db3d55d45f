-- promotion: versions of promotions.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_promotions{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds' CODEC(Delta, ZSTD(1)),
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open' CODEC(ZSTD(1)),
    promo_id LowCardinality(String) COMMENT 'the promotion',
    sku_ids Array(LowCardinality(String)) COMMENT 'products in it' CODEC(ZSTD(1)),
    territory_ids Array(LowCardinality(String)) COMMENT 'territories in it; empty = all; [] when left out' CODEC(ZSTD(1)),
    starts DateTime64(3, 'UTC') COMMENT 'first instant' CODEC(ZSTD(1)),
    ends DateTime64(3, 'UTC') COMMENT 'first instant after it' CODEC(ZSTD(1)),
    discount_pct Decimal(9, 4) COMMENT 'discount on the guide price, percent' CODEC(ZSTD(1)),
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
COMMENT 'Ledger of versions of promotions: every delivery, repeated ones too';

{{distributed:raw_promotions sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read as the versions of one thing in the order of their validity.
CREATE TABLE IF NOT EXISTS raw_promotions_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds' CODEC(Delta, ZSTD(1)),
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open' CODEC(ZSTD(1)),
    promo_id LowCardinality(String) COMMENT 'the promotion',
    sku_ids Array(LowCardinality(String)) COMMENT 'products in it' CODEC(ZSTD(1)),
    territory_ids Array(LowCardinality(String)) COMMENT 'territories in it; empty = all; [] when left out' CODEC(ZSTD(1)),
    starts DateTime64(3, 'UTC') COMMENT 'first instant' CODEC(ZSTD(1)),
    ends DateTime64(3, 'UTC') COMMENT 'first instant after it' CODEC(ZSTD(1)),
    discount_pct Decimal(9, 4) COMMENT 'discount on the guide price, percent' CODEC(ZSTD(1)),
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
ORDER BY (promo_id, valid_from, source, event_id)
COMMENT 'Versions of promotions in reading order; read with FINAL';

{{distributed:raw_promotions_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_promotions_to_by_key {{on_cluster}}
TO raw_promotions_by_key{{local}}
AS SELECT * FROM raw_promotions{{local}}
COMMENT 'Copies each insert into raw_promotions to raw_promotions_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';
