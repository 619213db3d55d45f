CREATE OR REPLACE VIEW mart_dealer_score {{on_cluster}}
(
    dealer_id LowCardinality(String) COMMENT 'a dealer whose version valid now is contracted or active',
    score Nullable(Float64) COMMENT 'weighted mean of the percentiles of the parts that are known, 0-100; null where none is',
    known_weight Float64 COMMENT 'share of all weights that those parts have, 0-1: the lower, the less the score says',
    parts Array(Tuple(part String, value Nullable(Float64), percentile Nullable(Float64), weight Float64)) COMMENT 'the parts, sorted by name',
    reason String COMMENT 'why score is null, or which parts it leaves out; empty = neither'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH of_dealers AS
    (
        SELECT
            mart_dealer_score_parts.dealer_id AS holder,
            sumIf(mart_dealer_score_parts.weight * ifNull(percentile, 0), percentile IS NOT NULL) AS points,
            sumIf(mart_dealer_score_parts.weight, percentile IS NOT NULL) AS known,
            sum(mart_dealer_score_parts.weight) AS whole,
            arraySort(p -> p.1, groupArray((toString(part), mart_dealer_score_parts.value, percentile, mart_dealer_score_parts.weight))) AS list
        FROM mart_dealer_score_parts
        GROUP BY holder
    )
SELECT
    holder AS dealer_id,
    100 * points / nullIf(known, 0) AS score,
    if(whole > 0, known / whole, 0) AS known_weight,
    list AS parts,
    multiIf(known = 0, 'no part is known', known < whole, 'without ' || arrayStringConcat(arrayMap(p -> p.1, arrayFilter(p -> p.3 IS NULL, list)), ', '), '') AS reason
FROM of_dealers
COMMENT 'The dealer score (D8): weighted percentiles, with every part visible'
