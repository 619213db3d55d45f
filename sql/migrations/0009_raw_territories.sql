-- territory: versions of sales territories.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_territories{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds' CODEC(Delta, ZSTD(1)),
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open' CODEC(ZSTD(1)),
    territory_id LowCardinality(String) COMMENT 'the territory',
    name String COMMENT 'name of the territory' CODEC(ZSTD(1)),
    adcodes Array(LowCardinality(String)) COMMENT 'divisions that it consists of; one stands for all within it; [] when left out' CODEC(ZSTD(1)),
    geometry Nullable(String) COMMENT 'outline, GeoJSON (WGS84) as text; null when left out' CODEC(ZSTD(3)),
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
COMMENT 'Ledger of versions of sales territories: every delivery, repeated ones too';

{{distributed:raw_territories sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read as the versions of one thing in the order of their validity.
CREATE TABLE IF NOT EXISTS raw_territories_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds' CODEC(Delta, ZSTD(1)),
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open' CODEC(ZSTD(1)),
    territory_id LowCardinality(String) COMMENT 'the territory',
    name String COMMENT 'name of the territory' CODEC(ZSTD(1)),
    adcodes Array(LowCardinality(String)) COMMENT 'divisions that it consists of; one stands for all within it; [] when left out' CODEC(ZSTD(1)),
    geometry Nullable(String) COMMENT 'outline, GeoJSON (WGS84) as text; null when left out' CODEC(ZSTD(3)),
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
ORDER BY (territory_id, valid_from, source, event_id)
COMMENT 'Versions of sales territories in reading order; read with FINAL';

{{distributed:raw_territories_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_territories_to_by_key {{on_cluster}}
TO raw_territories_by_key{{local}}
AS SELECT * FROM raw_territories{{local}}
COMMENT 'Copies each insert into raw_territories to raw_territories_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';
