-- dealer: versions of dealers.
-- The ledger: every delivery as it was sent, found by its place in Kafka.
CREATE TABLE IF NOT EXISTS raw_dealers{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds' CODEC(Delta, ZSTD(1)),
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open' CODEC(ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    name String COMMENT 'name of the dealer' CODEC(ZSTD(1)),
    tier UInt8 COMMENT 'level in the channel, 1 buys from HQ',
    parent_dealer_id LowCardinality(Nullable(String)) COMMENT 'the dealer it buys from; empty when it buys from HQ; null when left out',
    territory_id LowCardinality(String) COMMENT 'the territory it may sell in',
    adcode LowCardinality(Nullable(String)) COMMENT 'GB/T 2260 code of the administrative division; null when left out',
    lat Nullable(Float64) COMMENT 'latitude, degrees; null when left out' CODEC(ZSTD(1)),
    lon Nullable(Float64) COMMENT 'longitude, degrees; null when left out' CODEC(ZSTD(1)),
    status LowCardinality(String) COMMENT 'where it stands in its life',
    wave LowCardinality(Nullable(String)) COMMENT 'roll-out wave that it came in with; null when left out',
    licence_expires Nullable(Date32) COMMENT 'last day of its licence; null when left out' CODEC(ZSTD(1)),
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
COMMENT 'Ledger of versions of dealers: every delivery, repeated ones too';

{{distributed:raw_dealers sipHash64(_topic, _partition)}};

-- The same rows in reading order, the first delivery of each event only (after merges, or under FINAL).
-- Read as the versions of one thing in the order of their validity.
CREATE TABLE IF NOT EXISTS raw_dealers_by_key{{local}} {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset' CODEC(Delta, ZSTD(1)),
    valid_from DateTime64(3, 'UTC') COMMENT 'first instant at which this version holds' CODEC(Delta, ZSTD(1)),
    valid_to Nullable(DateTime64(3, 'UTC')) COMMENT 'first instant at which it holds no more; null = open' CODEC(ZSTD(1)),
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    name String COMMENT 'name of the dealer' CODEC(ZSTD(1)),
    tier UInt8 COMMENT 'level in the channel, 1 buys from HQ',
    parent_dealer_id LowCardinality(Nullable(String)) COMMENT 'the dealer it buys from; empty when it buys from HQ; null when left out',
    territory_id LowCardinality(String) COMMENT 'the territory it may sell in',
    adcode LowCardinality(Nullable(String)) COMMENT 'GB/T 2260 code of the administrative division; null when left out',
    lat Nullable(Float64) COMMENT 'latitude, degrees; null when left out' CODEC(ZSTD(1)),
    lon Nullable(Float64) COMMENT 'longitude, degrees; null when left out' CODEC(ZSTD(1)),
    status LowCardinality(String) COMMENT 'where it stands in its life',
    wave LowCardinality(Nullable(String)) COMMENT 'roll-out wave that it came in with; null when left out',
    licence_expires Nullable(Date32) COMMENT 'last day of its licence; null when left out' CODEC(ZSTD(1)),
    _topic LowCardinality(String) COMMENT 'Kafka topic of the delivery',
    _partition UInt32 COMMENT 'Kafka partition of the delivery',
    _offset UInt64 COMMENT 'Kafka offset of the delivery' CODEC(Delta, ZSTD(1)),
    _ingested_at DateTime64(3, 'UTC') COMMENT 'when the sink wrote the batch' CODEC(Delta, ZSTD(1)),
    _precedence UInt64 MATERIALIZED bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) COMMENT 'falls with partition and offset: ReplacingMergeTree keeps the highest, the first delivery' CODEC(Delta, ZSTD(1))
)
ENGINE = {{engine:ReplacingMergeTree(_precedence)}}
ORDER BY (dealer_id, valid_from, source, event_id)
COMMENT 'Versions of dealers in reading order; read with FINAL';

{{distributed:raw_dealers_by_key sipHash64(_topic, _partition)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_dealers_to_by_key {{on_cluster}}
TO raw_dealers_by_key{{local}}
AS SELECT * FROM raw_dealers{{local}}
COMMENT 'Copies each insert into raw_dealers to raw_dealers_by_key; an interrupted copy is repeated by queries/sink/rederive.sql';
