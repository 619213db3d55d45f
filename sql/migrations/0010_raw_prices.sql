-- price: versions of price rules.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_prices{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds' CODEC(Delta, ZSTD(1)),
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open' CODEC(ZSTD(1)),
    sku_id LowCardinality(String) COMMENT 'the product',
    tier Nullable(UInt8) COMMENT 'tier of the dealer; 0 = any; null when left out' CODEC(ZSTD(1)),
    territory_id LowCardinality(Nullable(String)) COMMENT 'territory of the dealer; "" = any; null when left out',
    floor_price Decimal(38, 6) COMMENT 'lowest net unit price allowed, in currency' CODEC(ZSTD(1)),
    guide_price Nullable(Decimal(38, 6)) COMMENT 'recommended unit price, in currency; null when left out' CODEC(ZSTD(1)),
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money in this event',
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
COMMENT 'Ledger of versions of price rules: every delivery, repeated ones too';

{{distributed:raw_prices sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read as the versions of one thing in the order of their validity. The key holds all of Kafka's key: rows that replace
-- each other must come from one partition, where the first one is known.
CREATE TABLE IF NOT EXISTS raw_prices_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds' CODEC(Delta, ZSTD(1)),
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open' CODEC(ZSTD(1)),
    sku_id LowCardinality(String) COMMENT 'the product',
    tier Nullable(UInt8) COMMENT 'tier of the dealer; 0 = any; null when left out' CODEC(ZSTD(1)),
    territory_id LowCardinality(Nullable(String)) COMMENT 'territory of the dealer; "" = any; null when left out',
    floor_price Decimal(38, 6) COMMENT 'lowest net unit price allowed, in currency' CODEC(ZSTD(1)),
    guide_price Nullable(Decimal(38, 6)) COMMENT 'recommended unit price, in currency; null when left out' CODEC(ZSTD(1)),
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money in this event',
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
ORDER BY (sku_id, valid_from, ifNull(tier, 0), ifNull(territory_id, ''), source, event_id)
COMMENT 'Versions of price rules in reading order; read with FINAL';

{{distributed:raw_prices_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_prices_to_by_key {{on_cluster}}
TO raw_prices_by_key{{local}}
AS SELECT * FROM raw_prices{{local}}
COMMENT 'Copies each insert into raw_prices to raw_prices_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';
