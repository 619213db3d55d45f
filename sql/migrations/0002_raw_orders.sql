-- order: order lines entering a stage.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_orders{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that the event is about',
    order_id String COMMENT 'the order' CODEC(ZSTD(1)),
    line_no UInt32 COMMENT 'place of the line in its order, from 1' CODEC(ZSTD(1)),
    sku_id LowCardinality(String) COMMENT 'the product ordered',
    stage LowCardinality(String) COMMENT 'the stage that the line has entered',
    qty Decimal(18, 3) COMMENT 'quantity in sales units; positive also when returned' CODEC(ZSTD(1)),
    unit_price Decimal(38, 6) COMMENT 'net price of one unit, in currency' CODEC(ZSTD(1)),
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money in this event',
    channel LowCardinality(String) COMMENT 'the way in which it was ordered',
    promo_id LowCardinality(Nullable(String)) COMMENT 'the promotion that it was ordered under; null when left out',
    supplier_id LowCardinality(Nullable(String)) COMMENT 'who supplies it: the parent dealer or "HQ"; null when left out',
    requested_date Nullable(Date32) COMMENT 'the day the dealer wants it by; null when left out' CODEC(ZSTD(1)),
    freight_cost Nullable(Decimal(38, 6)) COMMENT 'freight of the line, in currency; null when left out' CODEC(ZSTD(1)),
    expedited Nullable(Bool) COMMENT 'shipped by emergency freight; null when left out' CODEC(ZSTD(1)),
    reason Nullable(String) COMMENT 'why it was reworked, cancelled or returned; null when left out' CODEC(ZSTD(1)),
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
COMMENT 'Ledger of order lines entering a stage: every delivery, repeated ones too';

{{distributed:raw_orders sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read by day, then dealer and product (turnover, fill, stages): the order of the key.
CREATE TABLE IF NOT EXISTS raw_orders_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that the event is about',
    order_id String COMMENT 'the order' CODEC(ZSTD(1)),
    line_no UInt32 COMMENT 'place of the line in its order, from 1' CODEC(ZSTD(1)),
    sku_id LowCardinality(String) COMMENT 'the product ordered',
    stage LowCardinality(String) COMMENT 'the stage that the line has entered',
    qty Decimal(18, 3) COMMENT 'quantity in sales units; positive also when returned' CODEC(ZSTD(1)),
    unit_price Decimal(38, 6) COMMENT 'net price of one unit, in currency' CODEC(ZSTD(1)),
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money in this event',
    channel LowCardinality(String) COMMENT 'the way in which it was ordered',
    promo_id LowCardinality(Nullable(String)) COMMENT 'the promotion that it was ordered under; null when left out',
    supplier_id LowCardinality(Nullable(String)) COMMENT 'who supplies it: the parent dealer or "HQ"; null when left out',
    requested_date Nullable(Date32) COMMENT 'the day the dealer wants it by; null when left out' CODEC(ZSTD(1)),
    freight_cost Nullable(Decimal(38, 6)) COMMENT 'freight of the line, in currency; null when left out' CODEC(ZSTD(1)),
    expedited Nullable(Bool) COMMENT 'shipped by emergency freight; null when left out' CODEC(ZSTD(1)),
    reason Nullable(String) COMMENT 'why it was reworked, cancelled or returned; null when left out' CODEC(ZSTD(1)),
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
PARTITION BY toYYYYMM(event_time)
ORDER BY (toDate(event_time), dealer_id, sku_id, order_id, line_no, stage, source, event_id)
COMMENT 'Order lines entering a stage in reading order; read with FINAL';

{{distributed:raw_orders_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_orders_to_by_key {{on_cluster}}
TO raw_orders_by_key{{local}}
AS SELECT * FROM raw_orders{{local}}
COMMENT 'Copies each insert into raw_orders to raw_orders_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';
