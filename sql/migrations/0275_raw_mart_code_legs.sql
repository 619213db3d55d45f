-- When each shipment was seen by another hand is kept with the way of its code, and once more by the day of the shipment: what is said of
-- dealers' scans reads the shipments of its days alone.
ALTER TABLE raw_mart_code_journeys {{on_cluster}}
    ADD COLUMN IF NOT EXISTS next_seen_at Array(Nullable(DateTime64(3, 'UTC'))) COMMENT 'the first scan after each of them, packing left out, by another hand than shipped it; null = none' AFTER shipped_to;

CREATE TABLE IF NOT EXISTS raw_mart_code_legs {{on_cluster}}
(
    shipped_day Date32 COMMENT 'UTC day of the shipment',
    code String COMMENT 'the code' CODEC(ZSTD(1)),
    leg_no UInt32 COMMENT 'place of the shipment in the way of the code, from 1',
    level LowCardinality(String) COMMENT 'what the code is on, by its first scan',
    sku_id LowCardinality(String) COMMENT 'the product, by its first scan',
    dealer_id LowCardinality(String) COMMENT 'the dealer that the shipment is meant for',
    shipped_at DateTime64(3, 'UTC') COMMENT 'the shipment',
    next_seen_at Nullable(DateTime64(3, 'UTC')) COMMENT 'the first scan after it, packing left out, by another hand than shipped it; null = none',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = the code no longer has this row'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (shipped_day, code, leg_no)
COMMENT 'Storage of mart_code_legs. Read with FINAL';

CREATE MATERIALIZED VIEW IF NOT EXISTS raw_mart_code_journeys_to_legs {{on_cluster}}
TO raw_mart_code_legs
AS SELECT
    toDate32(leg_shipped_at) AS shipped_day, code, leg_no, level, sku_id, leg_shipped_to AS dealer_id,
    leg_shipped_at AS shipped_at, leg_next AS next_seen_at, version, is_deleted
FROM (SELECT code, level, sku_id, shipped_at AS at, shipped_to, next_seen_at AS next_at, version, is_deleted FROM raw_mart_code_journeys)
ARRAY JOIN at AS leg_shipped_at, shipped_to AS leg_shipped_to, next_at AS leg_next, arrayEnumerate(at) AS leg_no
COMMENT 'Copies each insert into raw_mart_code_journeys to raw_mart_code_legs';
