-- Which dealer sent which other goods of a product openly since `since`: by a shipping scan of its own, of which the goods became the other's or not,
-- or under an approved transfer.
-- clickhouse-client --param_time_zone=Asia/Shanghai --param_since=2026-08-01
WITH toDateTime64({since: String}, 3, {time_zone: String}) AS begin
SELECT DISTINCT from_dealer_id, to_dealer_id, sku_id
FROM
(
    SELECT toString(leg.1) AS from_dealer_id, toString(leg.2) AS to_dealer_id, toString(ways.sku_id) AS sku_id
    FROM raw_mart_code_journeys AS ways FINAL
    ARRAY JOIN arrayFilter(
        one -> one.3 >= begin AND one.1 NOT IN ('', 'HQ') AND one.1 != one.2,
        arrayMap((by, to, at) -> (by, to, at), shipped_by, shipped_to, shipped_at)) AS leg
    WHERE notEmpty(shipped_at) AND last_event_time >= begin
    UNION ALL
    SELECT toString(transfers.from_dealer_id), toString(transfers.to_dealer_id), toString(transfers.sku_id)
    FROM raw_mart_transfers AS transfers FINAL
    WHERE suggestion_id IN (SELECT decided.suggestion_id FROM raw_mart_suggestion_decisions AS decided WHERE decided.decision IN ('accepted', 'edited'))
)
ORDER BY from_dealer_id, to_dealer_id, sku_id
