CREATE OR REPLACE VIEW mart_replenishment {{on_cluster}}
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
    on_order Float64 COMMENT 'units ordered and not yet shipped nor cancelled, and those of suggestions accepted lately that no order tells of yet',
    in_transit Float64 COMMENT 'units on their way in by the last snapshots, or by orders if that is more, and those of transfers accepted lately',
    committed Float64 COMMENT 'units promised by the last snapshots, and to transfers accepted lately',
    rounding Float64 COMMENT 'what rounding up to whole packs adds, units',
    pack_qty Float64 COMMENT 'units in a pack',
    lead_time_days Float64 COMMENT 'order to receipt',
    review_days Float64 COMMENT 'until the next order can be made',
    service_level Float64 COMMENT 'cycle service: chance that no unit is missing until the next order has arrived',
    forecast_version String COMMENT 'the forecast behind it',
    created_at DateTime64(3, 'UTC') COMMENT 'when a run first made it as it is',
    dealer_name String COMMENT 'name of the dealer now',
    sku_name String COMMENT 'name of the product now',
    state LowCardinality(String) COMMENT 'open, accepted, edited or rejected',
    decided_qty Nullable(Float64) COMMENT 'units decided; null while open',
    decision_reason Nullable(String) COMMENT 'why; null while open',
    decided_by Nullable(String) COMMENT 'who; null while open',
    decided_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when; null while open',
    covered_days Float64 COMMENT 'days of lead and review time that the forecast covers; fewer than both together = demand beyond its end is not in the target'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    decisions AS
    (
        SELECT suggestion_id, argMax(tuple(decision, qty, reason, decided_by, decided_at), decided_at) AS last
        FROM raw_mart_suggestion_decisions
        GROUP BY suggestion_id
    )
SELECT
    s.suggestion_id AS suggestion_id,
    s.cycle AS cycle,
    s.dealer_id AS dealer_id,
    s.sku_id AS sku_id,
    s.qty AS qty,
    s.demand AS demand,
    s.promo_uplift AS promo_uplift,
    s.safety AS safety,
    s.target AS target,
    s.position AS position,
    s.on_hand AS on_hand,
    s.on_order AS on_order,
    s.in_transit AS in_transit,
    s.committed AS committed,
    s.rounding AS rounding,
    s.pack_qty AS pack_qty,
    s.lead_time_days AS lead_time_days,
    s.review_days AS review_days,
    s.service_level AS service_level,
    s.forecast_version AS forecast_version,
    s.created_at AS created_at,
    ifNull(nullIf(dictGet('raw_dealer_versions', 'name', tuple(s.dealer_id), now64(3, 'UTC')), ''), s.dealer_id) AS dealer_name,
    ifNull(nullIf(dictGet('raw_product_versions', 'name', tuple(s.sku_id), now64(3, 'UTC')), ''), s.sku_id) AS sku_name,
    if(d.suggestion_id = '', 'open', toString(d.last.1)) AS state,
    if(d.suggestion_id = '', NULL, d.last.2) AS decided_qty,
    if(d.suggestion_id = '', NULL, d.last.3) AS decision_reason,
    if(d.suggestion_id = '', NULL, toString(d.last.4)) AS decided_by,
    if(d.suggestion_id = '', NULL, d.last.5) AS decided_at,
    s.covered_days AS covered_days
FROM (SELECT * FROM raw_mart_replenishment FINAL) AS s
LEFT JOIN decisions AS d ON d.suggestion_id = s.suggestion_id
COMMENT 'Suggested orders, each with what it is made of, and what was decided'
