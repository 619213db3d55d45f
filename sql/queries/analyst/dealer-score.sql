-- Dealers by their score, with every part.
-- clickhouse-client --user analyst --param_limit=100 --queries-file dealer-score.sql
SELECT dealer_id, score, known_weight, parts, reason
FROM mart_dealer_score
ORDER BY score DESC NULLS LAST, dealer_id
LIMIT {limit: UInt32}
