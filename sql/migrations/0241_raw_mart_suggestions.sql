-- Suggestions of orders and transfers. The same name comes again in every run of a cycle: the last run's row holds.
CREATE TABLE IF NOT EXISTS raw_mart_replenishment {{on_cluster}}
(
    suggestion_id String COMMENT 'rp:<dealer>:<product>:<cycle>',
    cycle LowCardinality(String) COMMENT 'ISO week of the run, e.g. 2026-W48',
    dealer_id LowCardinality(String) COMMENT 'the dealer that is to order',
    sku_id LowCardinality(String) COMMENT 'the product',
    qty Float64 COMMENT 'units to order, whole packs',
    demand Float64 COMMENT 'mean demand over lead and review time, units',
    promo_uplift Nullable(Float64) COMMENT 'of the demand, what promotions add; null where it was not computed',
    safety Float64 COMMENT 'target - demand, units',
    target Float64 COMMENT 'quantile of that demand at the service level, units',
    position Float64 COMMENT 'on_hand + on_order + in_transit - committed, units',
    on_hand Float64 COMMENT 'units on hand',
    on_order Float64 COMMENT 'units ordered and not yet shipped',
    in_transit Float64 COMMENT 'units on their way in',
    committed Float64 COMMENT 'units promised',
    rounding Float64 COMMENT 'what rounding up to whole packs adds, units',
    pack_qty Float64 COMMENT 'units in a pack',
    lead_time_days Float64 COMMENT 'order to receipt',
    review_days Float64 COMMENT 'until the next order can be made',
    service_level Float64 COMMENT 'cycle service: chance that no unit is missing until the next order has arrived',
    forecast_version String COMMENT 'the forecast behind it',
    created_at DateTime64(3, 'UTC') COMMENT 'when the run made it',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = the last run of the cycle no longer suggests it'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY suggestion_id
COMMENT 'Storage of mart_replenishment. Read with FINAL';

CREATE TABLE IF NOT EXISTS raw_mart_transfers {{on_cluster}}
(
    suggestion_id String COMMENT 'tr:<from>:<to>:<product>:<cycle>',
    cycle LowCardinality(String) COMMENT 'ISO week of the run, e.g. 2026-W48',
    from_dealer_id LowCardinality(String) COMMENT 'the dealer that gives',
    to_dealer_id LowCardinality(String) COMMENT 'the dealer that receives',
    sku_id LowCardinality(String) COMMENT 'the product',
    qty Float64 COMMENT 'units, whole packs',
    gain Decimal(38, 2) COMMENT 'margin on the units that will not be missing, in currency',
    cost Decimal(38, 2) COMMENT 'cost of the transfer, in currency',
    currency LowCardinality(String) COMMENT 'ISO 4217',
    distance_km Float64 COMMENT 'between the two dealers, great circle',
    surplus Float64 COMMENT 'what the giver has beyond its demand to the horizon and its buffer, units',
    shortage Float64 COMMENT 'what the receiver will miss before an order can arrive, units',
    forecast_version String COMMENT 'the forecast behind it',
    created_at DateTime64(3, 'UTC') COMMENT 'when the run made it',
    version UInt64 COMMENT 'run that computed the row; the highest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1 = the last run of the cycle no longer suggests it'
)
ENGINE = {{engine_everywhere:ReplacingMergeTree(version, is_deleted)}}
ORDER BY suggestion_id
COMMENT 'Storage of mart_transfers. Read with FINAL';

CREATE TABLE IF NOT EXISTS raw_mart_suggestion_decisions {{on_cluster}}
(
    suggestion_id String COMMENT 'the suggestion',
    decision LowCardinality(String) COMMENT 'accepted, edited or rejected',
    qty Nullable(Float64) COMMENT 'units decided: what was suggested, the edited quantity, or 0',
    reason String COMMENT 'why; empty for accepted',
    decided_by LowCardinality(String) COMMENT 'who',
    decided_at DateTime64(3, 'UTC') COMMENT 'when'
)
ENGINE = {{engine_everywhere:MergeTree}}
ORDER BY (suggestion_id, decided_at)
COMMENT 'Every decision ever made on a suggestion: the audit; the last one holds';
