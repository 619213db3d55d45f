-- The function from stock snapshots to days of stock: mart_stock_days keeps what it says of all that is known.
-- SELECT * FROM mart_stock_days_as_known(known_at = '2026-11-24 12:00:00', first_day = '2026-11-22', last_day = '2026-11-24') WHERE day = '2026-11-23'
CREATE OR REPLACE VIEW mart_stock_days_as_known {{on_cluster}}
(
    sku_id LowCardinality(String) COMMENT 'the product',
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    location_id LowCardinality(String) COMMENT 'warehouse or store of the dealer',
    day Date32 COMMENT 'day in the zone of the installation (DMS_TIME_ZONE)',
    currency String COMMENT 'ISO 4217 currency of the value, of the last snapshot',
    first_at DateTime64(3, 'UTC') COMMENT 'first snapshot of the day',
    last_at DateTime64(3, 'UTC') COMMENT 'last snapshot of the day',
    on_hand Decimal(18, 3) COMMENT 'units on hand, last snapshot',
    in_transit Decimal(18, 3) COMMENT 'units on their way in, last snapshot',
    committed Decimal(18, 3) COMMENT 'units promised, last snapshot',
    available Decimal(18, 3) COMMENT 'on_hand - committed, last snapshot; may be negative',
    available_max Decimal(18, 3) COMMENT 'highest on_hand - committed of the day''s snapshots',
    value Decimal(38, 9) COMMENT 'on_hand x unit_cost, last snapshot',
    value_seconds Decimal(38, 6) COMMENT 'sum of value x seconds that it held, from the first snapshot to the last',
    snapshots UInt64 COMMENT 'snapshots of the day'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT *
FROM {{database}}.raw_stock_days_of(known_at = {known_at: DateTime64(3, 'UTC')}, first_day = {first_day: Date32}, last_day = {last_day: Date32}, cuts = [])
COMMENT 'Snapshots of location, product and local day as they were known at known_at, out of those of the UTC days first_day to last_day that had been written here by then. A local day lies within three UTC days'
