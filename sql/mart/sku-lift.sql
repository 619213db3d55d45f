CREATE OR REPLACE VIEW mart_sku_lift {{on_cluster}}
(
    sku_a LowCardinality(String) COMMENT 'a product',
    sku_b LowCardinality(String) COMMENT 'another',
    dealers UInt64 COMMENT 'dealers that ordered anything in the 90 local days that end today',
    dealers_a UInt64 COMMENT 'of them those that ordered sku_a',
    dealers_b UInt64 COMMENT 'those that ordered sku_b',
    dealers_both UInt64 COMMENT 'those that ordered both',
    lift Float64 COMMENT '(dealers_both x dealers) / (dealers_a x dealers_b): above 1 = bought together more than by chance'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    toDate32(now64(3, 'UTC'), '{{time_zone}}') AS today,
    ranges AS
    (
        SELECT dealer_id, arraySort(groupUniqArray(sku_id)) AS skus
        FROM mart_sales_days
        WHERE day > today - 90 AND day <= today AND placed_qty > 0
        GROUP BY dealer_id
    ),
    assumeNotNull((SELECT count() FROM ranges)) AS all_dealers,
    singles AS (SELECT sku, count() AS buyers FROM ranges ARRAY JOIN skus AS sku GROUP BY sku),
    pairs AS
    (
        SELECT a, b, count() AS buyers
        FROM ranges
        ARRAY JOIN skus AS a
        ARRAY JOIN skus AS b
        WHERE a != b
        GROUP BY a, b
    )
SELECT
    pairs.a AS sku_a,
    pairs.b AS sku_b,
    all_dealers AS dealers,
    of_a.buyers AS dealers_a,
    of_b.buyers AS dealers_b,
    pairs.buyers AS dealers_both,
    pairs.buyers * all_dealers / (of_a.buyers * of_b.buyers) AS lift
FROM pairs
INNER JOIN singles AS of_a ON of_a.sku = pairs.a
INNER JOIN singles AS of_b ON of_b.sku = pairs.b
COMMENT 'Which products are bought by the same dealers (D11)'
