-- scan: readings of logistics codes.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_scans{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that scanned; "" only for a consumer''s scan',
    code String COMMENT 'GS1 Digital Link, EPC URN or a private logistics code' CODEC(ZSTD(1)),
    level LowCardinality(String) COMMENT 'what the code is on',
    biz_step LowCardinality(String) COMMENT 'what was done',
    sku_id LowCardinality(String) COMMENT 'the product',
    parent_code Nullable(String) COMMENT 'the case or pallet that contains it; null when left out' CODEC(ZSTD(1)),
    lot LowCardinality(Nullable(String)) COMMENT 'production lot; null when left out',
    to_dealer_id LowCardinality(Nullable(String)) COMMENT 'shipping: the dealer it is meant for; null when left out',
    lat Nullable(Float64) COMMENT 'latitude, degrees; null when left out' CODEC(ZSTD(1)),
    lon Nullable(Float64) COMMENT 'longitude, degrees; null when left out' CODEC(ZSTD(1)),
    accuracy_m Nullable(Float64) COMMENT 'radius of the position, metres; null when left out' CODEC(ZSTD(1)),
    datum LowCardinality(Nullable(String)) COMMENT 'datum of lat and lon: wgs84, gcj02 or bd09; null = wgs84',
    session_id Nullable(String) COMMENT 'the consumer session or device session that scanned; null when left out' CODEC(ZSTD(1)),
    device_id Nullable(String) COMMENT 'the device that scanned; null when left out' CODEC(ZSTD(1)),
    photo_ref Nullable(String) COMMENT 'reference of a photo; null when left out' CODEC(ZSTD(1)),
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
COMMENT 'Ledger of readings of logistics codes: every delivery, repeated ones too';

{{distributed:raw_scans sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read by code (a code's whole life decides a diversion rule); equal codes side by side also compress best.
CREATE TABLE IF NOT EXISTS raw_scans_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer that scanned; "" only for a consumer''s scan',
    code String COMMENT 'GS1 Digital Link, EPC URN or a private logistics code' CODEC(ZSTD(1)),
    level LowCardinality(String) COMMENT 'what the code is on',
    biz_step LowCardinality(String) COMMENT 'what was done',
    sku_id LowCardinality(String) COMMENT 'the product',
    parent_code Nullable(String) COMMENT 'the case or pallet that contains it; null when left out' CODEC(ZSTD(1)),
    lot LowCardinality(Nullable(String)) COMMENT 'production lot; null when left out',
    to_dealer_id LowCardinality(Nullable(String)) COMMENT 'shipping: the dealer it is meant for; null when left out',
    lat Nullable(Float64) COMMENT 'latitude, degrees; null when left out' CODEC(ZSTD(1)),
    lon Nullable(Float64) COMMENT 'longitude, degrees; null when left out' CODEC(ZSTD(1)),
    accuracy_m Nullable(Float64) COMMENT 'radius of the position, metres; null when left out' CODEC(ZSTD(1)),
    datum LowCardinality(Nullable(String)) COMMENT 'datum of lat and lon: wgs84, gcj02 or bd09; null = wgs84',
    session_id Nullable(String) COMMENT 'the consumer session or device session that scanned; null when left out' CODEC(ZSTD(1)),
    device_id Nullable(String) COMMENT 'the device that scanned; null when left out' CODEC(ZSTD(1)),
    photo_ref Nullable(String) COMMENT 'reference of a photo; null when left out' CODEC(ZSTD(1)),
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1)),
    INDEX event_time_range event_time TYPE minmax GRANULARITY 1
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
PARTITION BY toYYYYMM(event_time)
ORDER BY (code, event_time, source, event_id)
COMMENT 'Readings of logistics codes in reading order; read with FINAL';

{{distributed:raw_scans_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_scans_to_by_key {{on_cluster}}
TO raw_scans_by_key{{local}}
AS SELECT * FROM raw_scans{{local}}
COMMENT 'Copies each insert into raw_scans to raw_scans_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';
