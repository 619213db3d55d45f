CREATE OR REPLACE VIEW mart_transfers {{on_cluster}}
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
    created_at DateTime64(3, 'UTC') COMMENT 'when a run first made it as it is',
    from_dealer_name String COMMENT 'name of the giver now',
    to_dealer_name String COMMENT 'name of the receiver now',
    sku_name String COMMENT 'name of the product now',
    state LowCardinality(String) COMMENT 'open, accepted, edited or rejected',
    decided_qty Nullable(Float64) COMMENT 'units decided; null while open',
    decision_reason Nullable(String) COMMENT 'why; null while open',
    decided_by Nullable(String) COMMENT 'who; null while open',
    decided_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when; null while open'
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
    s.from_dealer_id AS from_dealer_id,
    s.to_dealer_id AS to_dealer_id,
    s.sku_id AS sku_id,
    s.qty AS qty,
    s.gain AS gain,
    s.cost AS cost,
    s.currency AS currency,
    s.distance_km AS distance_km,
    s.surplus AS surplus,
    s.shortage AS shortage,
    s.forecast_version AS forecast_version,
    s.created_at AS created_at,
    ifNull(nullIf(dictGet('raw_dealer_versions', 'name', tuple(s.from_dealer_id), now64(3, 'UTC')), ''), s.from_dealer_id) AS from_dealer_name,
    ifNull(nullIf(dictGet('raw_dealer_versions', 'name', tuple(s.to_dealer_id), now64(3, 'UTC')), ''), s.to_dealer_id) AS to_dealer_name,
    ifNull(nullIf(dictGet('raw_product_versions', 'name', tuple(s.sku_id), now64(3, 'UTC')), ''), s.sku_id) AS sku_name,
    if(d.suggestion_id = '', 'open', toString(d.last.1)) AS state,
    if(d.suggestion_id = '', NULL, d.last.2) AS decided_qty,
    if(d.suggestion_id = '', NULL, d.last.3) AS decision_reason,
    if(d.suggestion_id = '', NULL, toString(d.last.4)) AS decided_by,
    if(d.suggestion_id = '', NULL, d.last.5) AS decided_at
FROM (SELECT * FROM raw_mart_transfers FINAL) AS s
LEFT JOIN decisions AS d ON d.suggestion_id = s.suggestion_id
COMMENT 'Suggested transfers between dealers, with gain and cost, and what was decided'
