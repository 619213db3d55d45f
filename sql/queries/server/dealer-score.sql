-- The score of one dealer and its parts, the heaviest first.
-- clickhouse-client --param_dealer_id=D1
SELECT score, known_weight, reason, one.1 AS part, one.2 AS value, one.3 AS percentile, one.4 AS weight
FROM mart_dealer_score
ARRAY JOIN parts AS one
WHERE dealer_id = {dealer_id: String}
ORDER BY weight DESC, part
