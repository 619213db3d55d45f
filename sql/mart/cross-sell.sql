CREATE OR REPLACE VIEW mart_cross_sell {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'the dealer',
    has_sku LowCardinality(String) COMMENT 'a product that it orders',
    gap_sku LowCardinality(String) COMMENT 'a product that it does not order, although those who order has_sku do more than by chance',
    lift Float64 COMMENT 'lift of the two, above 1; the highest of its products is kept',
    confidence Float64 COMMENT 'share of the dealers that order has_sku that also order gap_sku, 0-1'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    bought AS (SELECT DISTINCT dealer_id, sku_id FROM mart_sales_days WHERE day > today - 90 AND day <= today AND placed_qty > 0)
SELECT
    dealer_id,
    argMax(sku_a, (pairs.lift, sku_a)) AS has_sku,
    sku_b AS gap_sku,
    max(pairs.lift) AS lift,
    argMax(pairs.dealers_both / pairs.dealers_a, (pairs.lift, sku_a)) AS confidence
FROM bought
INNER JOIN (SELECT sku_a, sku_b, mart_sku_lift.lift AS lift, dealers_a, dealers_both FROM mart_sku_lift WHERE mart_sku_lift.lift > 1) AS pairs ON pairs.sku_a = bought.sku_id
WHERE (dealer_id, sku_b) NOT IN (SELECT dealer_id, sku_id FROM bought)
GROUP BY dealer_id, sku_b
COMMENT 'Products that a dealer lacks although its like buy them (D11)'
