CREATE OR REPLACE VIEW mart_stock_days {{on_cluster}}
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
    snapshots UInt64 COMMENT 'snapshots of the day'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    sku_id,
    dealer_id,
    location_id,
    day,
    currency,
    first_at,
    last_at,
    on_hand,
    in_transit,
    committed,
    available,
    available_max,
    value,
    value_seconds,
    snapshots
FROM raw_mart_stock_days FINAL
COMMENT 'The snapshots of a location, product and local day. value_seconds and the gaps between days give the time-weighted value'
