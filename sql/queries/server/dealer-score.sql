-- The score of one dealer and its parts, the heaviest first.
-- clickhouse-client --param_dealer_id=D1
SELECT scores.score AS score, scores.known_weight AS known_weight, scores.reason AS reason, parts.part AS part, parts.value AS value, parts.percentile AS percentile, parts.weight AS weight, parts.reason AS part_reason
FROM mart_dealer_score_parts AS parts
INNER JOIN mart_dealer_score AS scores ON scores.dealer_id = parts.dealer_id
WHERE parts.dealer_id = {dealer_id: String}
ORDER BY weight DESC, part
