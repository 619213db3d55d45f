-- Order lines entering a stage: the first delivery of each event.
-- Reference columns are those valid at event_time; each is looked up only where it is read. Null = no version was valid.
CREATE OR REPLACE VIEW core_orders {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    dealer_id LowCardinality(String) COMMENT 'the dealer that the event is about',
    order_id String COMMENT 'the order',
    line_no UInt32 COMMENT 'place of the line in its order, from 1',
    sku_id LowCardinality(String) COMMENT 'the product ordered',
    stage LowCardinality(String) COMMENT 'the stage that the line has entered',
    qty Decimal(18, 3) COMMENT 'quantity in sales units; positive also when returned',
    unit_price Decimal(38, 6) COMMENT 'net price of one unit, in currency',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of the money in this event',
    channel LowCardinality(String) COMMENT 'the way in which it was ordered',
    promo_id LowCardinality(Nullable(String)) COMMENT 'the promotion that it was ordered under; null when left out',
    supplier_id LowCardinality(Nullable(String)) COMMENT 'who supplies it: the parent dealer or "HQ"; null when left out',
    requested_date Nullable(Date32) COMMENT 'the day the dealer wants it by; null when left out',
    freight_cost Nullable(Decimal(38, 6)) COMMENT 'freight of the line, in currency; null when left out',
    expedited Nullable(Bool) COMMENT 'shipped by emergency freight; null when left out',
    reason Nullable(String) COMMENT 'why it was reworked, cancelled or returned; null when left out',
    dealer_name Nullable(String) COMMENT 'name of the dealer, as of the event',
    dealer_tier Nullable(UInt8) COMMENT 'level of the dealer in the channel, as of the event',
    parent_dealer_id Nullable(String) COMMENT 'whom the dealer buys from, as of the event; empty = HQ',
    dealer_status Nullable(String) COMMENT 'where the dealer stood in its life, as of the event',
    territory_id Nullable(String) COMMENT 'territory of the dealer, as of the event',
    adcode Nullable(String) COMMENT 'division (GB/T 2260) of the dealer, as of the event',
    wave Nullable(String) COMMENT 'roll-out wave of the dealer, as of the event',
    product_name Nullable(String) COMMENT 'name of the product, as of the event',
    category Nullable(String) COMMENT 'category of the product, as of the event',
    brand Nullable(String) COMMENT 'brand of the product, as of the event',
    unit_cost Nullable(Decimal(38, 6)) COMMENT 'cost of one unit, in cost_currency, as of the event',
    list_price Nullable(Decimal(38, 6)) COMMENT 'list price of one unit, in cost_currency, as of the event',
    cost_currency Nullable(String) COMMENT 'currency of unit_cost and list_price',
    floor_price Nullable(Decimal(38, 6)) COMMENT 'lowest net unit price allowed, in currency, by the most specific rule valid at the event',
    guide_price Nullable(Decimal(38, 6)) COMMENT 'recommended unit price of that rule, in currency',
    supplied_by Nullable(String) COMMENT 'who supplied it: supplier_id, else the dealer''s parent then, else HQ; null when neither order nor dealer tells',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    ifNull(dictGet('raw_dealer_versions', 'tier', tuple(dealer_id), event_time), 0) AS tier_then,
    ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(dealer_id), event_time), '') AS territory_then,
    dictGet('raw_price_versions', ('floor_price', 'guide_price'), (sku_id, tier_then, territory_then, currency), event_time) AS of_both,
    dictGet('raw_price_versions', ('floor_price', 'guide_price'), (sku_id, toUInt8(0), territory_then, currency), event_time) AS of_territory,
    dictGet('raw_price_versions', ('floor_price', 'guide_price'), (sku_id, tier_then, '', currency), event_time) AS of_tier,
    dictGet('raw_price_versions', ('floor_price', 'guide_price'), (sku_id, toUInt8(0), '', currency), event_time) AS of_any,
    -- The most specific rule valid then.
    multiIf(isNotNull(of_both.1), of_both, isNotNull(of_territory.1), of_territory, isNotNull(of_tier.1), of_tier, of_any) AS rule
SELECT
    event_id, source, event_time, dealer_id, order_id, line_no, sku_id, stage, qty, unit_price, currency, channel, promo_id, supplier_id, requested_date, freight_cost, expedited, reason,
    dictGet('raw_dealer_versions', 'name', tuple(dealer_id), event_time) AS dealer_name,
    dictGet('raw_dealer_versions', 'tier', tuple(dealer_id), event_time) AS dealer_tier,
    dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(dealer_id), event_time) AS parent_dealer_id,
    dictGet('raw_dealer_versions', 'status', tuple(dealer_id), event_time) AS dealer_status,
    dictGet('raw_dealer_versions', 'territory_id', tuple(dealer_id), event_time) AS territory_id,
    dictGet('raw_dealer_versions', 'adcode', tuple(dealer_id), event_time) AS adcode,
    dictGet('raw_dealer_versions', 'wave', tuple(dealer_id), event_time) AS wave,
    dictGet('raw_product_versions', 'name', tuple(sku_id), event_time) AS product_name,
    dictGet('raw_product_versions', 'category', tuple(sku_id), event_time) AS category,
    dictGet('raw_product_versions', 'brand', tuple(sku_id), event_time) AS brand,
    dictGet('raw_product_versions', 'unit_cost', tuple(sku_id), event_time) AS unit_cost,
    dictGet('raw_product_versions', 'list_price', tuple(sku_id), event_time) AS list_price,
    dictGet('raw_product_versions', 'currency', tuple(sku_id), event_time) AS cost_currency,
    rule.1 AS floor_price,
    rule.2 AS guide_price,
    coalesce(nullIf(supplier_id, ''), if(isNull(dictGet('raw_dealer_versions', 'status', tuple(dealer_id), event_time)), NULL, coalesce(nullIf(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(dealer_id), event_time), ''), 'HQ'))) AS supplied_by,
    _ingested_at AS ingested_at
FROM raw_orders_by_key FINAL
WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'order')
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Order lines entering a stage, each event once, with the reference data valid at its time';
