-- stock: stock snapshots of one location and product.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_stock{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that the event is about',
    location_id LowCardinality(String) COMMENT 'warehouse or store of the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    on_hand Decimal(18, 3) COMMENT 'units on hand' CODEC(ZSTD(1)),
    in_transit Decimal(18, 3) COMMENT 'units on their way in' CODEC(ZSTD(1)),
    committed Decimal(18, 3) COMMENT 'units on hand that are promised' CODEC(ZSTD(1)),
    unit_cost Decimal(38, 6) COMMENT 'cost of one unit, in currency' CODEC(ZSTD(1)),
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
COMMENT 'Ledger of stock snapshots of one location and product: every delivery, repeated ones too';

{{distributed:raw_stock sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read as the latest snapshot, or the course, of one product at one place.
CREATE TABLE IF NOT EXISTS raw_stock_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that the event is about',
    location_id LowCardinality(String) COMMENT 'warehouse or store of the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    on_hand Decimal(18, 3) COMMENT 'units on hand' CODEC(ZSTD(1)),
    in_transit Decimal(18, 3) COMMENT 'units on their way in' CODEC(ZSTD(1)),
    committed Decimal(18, 3) COMMENT 'units on hand that are promised' CODEC(ZSTD(1)),
    unit_cost Decimal(38, 6) COMMENT 'cost of one unit, in currency' CODEC(ZSTD(1)),
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money in this event',
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
PARTITION BY toYYYYMM(event_time)
ORDER BY (sku_id, dealer_id, location_id, event_time, source, event_id)
COMMENT 'Stock snapshots of one location and product in reading order; read with FINAL';

{{distributed:raw_stock_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_stock_to_by_key {{on_cluster}}
TO raw_stock_by_key{{local}}
AS SELECT * FROM raw_stock{{local}}
COMMENT 'Copies each insert into raw_stock to raw_stock_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';
