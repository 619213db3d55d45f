-- Figures read the last weeks of all stock: the table's order begins with the day. The mart is made anew from the ledger.
DROP TABLE IF EXISTS raw_mart_stock_days {{on_cluster}} SYNC;

CREATE TABLE IF NOT EXISTS raw_mart_stock_days {{on_cluster}}
(
    sku_id LowCardinality(String) COMMENT 'the product',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    location_id LowCardinality(String) COMMENT 'warehouse or store of the dealer',
    day Date32 COMMENT 'day in the zone of the installation (DMS_TIME_ZONE)',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the value, of the last snapshot',
    first_at DateTime64(3, 'UTC') COMMENT 'first snapshot of the day',
    last_at DateTime64(3, 'UTC') COMMENT 'last snapshot of the day',
    on_hand Decimal(18, 3) COMMENT 'units on hand, last snapshot',
    in_transit Decimal(18, 3) COMMENT 'units on their way in, last snapshot',
    committed Decimal(18, 3) COMMENT 'units promised, last snapshot',
    available Decimal(18, 3) COMMENT 'on_hand - committed, last snapshot; may be negative',
    available_max Decimal(18, 3) COMMENT 'highest on_hand - committed of the day''s snapshots',
    value Decimal(38, 6) COMMENT 'on_hand x unit_cost, last snapshot',
    value_seconds Decimal(38, 6) COMMENT 'sum of value x seconds that it held, from the first snapshot to the last',
    snapshots UInt64 COMMENT 'snapshots of the day',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = the bucket no longer has this row'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY (day, dealer_id, sku_id, location_id)
COMMENT 'Storage of mart_stock_days. Read with FINAL';
