-- Storage of mart_code_journeys. A bucket is one code.
CREATE TABLE IF NOT EXISTS raw_mart_code_journeys {{on_cluster}}
(
    code String COMMENT 'the code',
    level LowCardinality(String) COMMENT 'what the code is on, by its first scan',
    sku_id LowCardinality(String) COMMENT 'the product, by its first scan',
    lot LowCardinality(String) COMMENT 'production lot, by the first scan that names one; empty = none does',
    parent_code String COMMENT 'the case or pallet that contains it, by the last scan that names one; empty = none does',
    shipped_at Array(DateTime64(3, 'UTC')) COMMENT 'its own shipping scans that name a dealer, in order of time',
    shipped_to Array(LowCardinality(String)) COMMENT 'the dealer that each of them is meant for',
    seen_at Nullable(DateTime64(3, 'UTC')) COMMENT 'its first scan at or after receiving that follows its first shipping; null = none',
    scans UInt32 COMMENT 'its scans',
    first_event_time DateTime64(3, 'UTC') COMMENT 'its first scan',
    last_event_time DateTime64(3, 'UTC') COMMENT 'its last scan',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = the bucket no longer has this row',
    INDEX parent parent_code TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY code
COMMENT 'Storage of mart_code_journeys. Read with FINAL';
