-- Stock snapshots of one location and product: the first delivery of each event.
-- Reference columns are those valid at event_time; each is looked up only where it is read. Null = no version was valid.
CREATE OR REPLACE VIEW core_stock {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    dealer_id LowCardinality(String) COMMENT 'the dealer that the event is about',
    location_id LowCardinality(String) COMMENT 'warehouse or store of the dealer',
    sku_id LowCardinality(String) COMMENT 'the product',
    on_hand Decimal(18, 3) COMMENT 'units on hand',
    in_transit Decimal(18, 3) COMMENT 'units on their way in',
    committed Decimal(18, 3) COMMENT 'units on hand that are promised',
    unit_cost Decimal(38, 6) COMMENT 'cost of one unit, in currency',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money in this event',
    dealer_name Nullable(String) COMMENT 'name of the dealer, as of the event',
    dealer_tier Nullable(UInt8) COMMENT 'level of the dealer in the channel, as of the event',
    territory_id Nullable(String) COMMENT 'territory of the dealer, as of the event',
    adcode Nullable(String) COMMENT 'division (GB/T 2260) of the dealer, as of the event',
    wave Nullable(String) COMMENT 'roll-out wave of the dealer, as of the event',
    product_name Nullable(String) COMMENT 'name of the product, as of the event',
    category Nullable(String) COMMENT 'category of the product, as of the event',
    brand Nullable(String) COMMENT 'brand of the product, as of the event',
    pack_qty Nullable(Decimal(18, 3)) COMMENT 'units in a pack, as of the event',
    lead_time_days Nullable(Float64) COMMENT 'order to receipt, days, as of the event',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, source, event_time, dealer_id, location_id, sku_id, on_hand, in_transit, committed, unit_cost, currency,
    dictGet('raw_dealer_versions', 'name', tuple(dealer_id), event_time) AS dealer_name,
    dictGet('raw_dealer_versions', 'tier', tuple(dealer_id), event_time) AS dealer_tier,
    dictGet('raw_dealer_versions', 'territory_id', tuple(dealer_id), event_time) AS territory_id,
    dictGet('raw_dealer_versions', 'adcode', tuple(dealer_id), event_time) AS adcode,
    dictGet('raw_dealer_versions', 'wave', tuple(dealer_id), event_time) AS wave,
    dictGet('raw_product_versions', 'name', tuple(sku_id), event_time) AS product_name,
    dictGet('raw_product_versions', 'category', tuple(sku_id), event_time) AS category,
    dictGet('raw_product_versions', 'brand', tuple(sku_id), event_time) AS brand,
    dictGet('raw_product_versions', 'pack_qty', tuple(sku_id), event_time) AS pack_qty,
    dictGet('raw_product_versions', 'lead_time_days', tuple(sku_id), event_time) AS lead_time_days,
    _ingested_at AS ingested_at
FROM raw_stock_by_key FINAL
WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'stock')
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Stock snapshots of one location and product, each event once, with the reference data valid at its time';
