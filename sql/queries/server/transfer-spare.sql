-- What the giver of a suggested transfer has to spare for it now: its surplus less what was decided, after that was computed, on other transfers
-- of the product from it. A run that comes later has both in its own surplus, and is made anew as of then.
-- clickhouse-client --param_id=tr:D1:D2:S1:2026-W48
SELECT
    asked.from_dealer_id AS from_dealer_id,
    asked.surplus - sumIf(
        ifNull(other.decided_qty, 0),
        other.suggestion_id != {id: String} AND other.state IN ('accepted', 'edited') AND other.decided_at > asked.created_at) AS spare
FROM (SELECT from_dealer_id, sku_id, surplus, created_at FROM mart_transfers WHERE suggestion_id = {id: String}) AS asked
INNER JOIN mart_transfers AS other ON other.from_dealer_id = asked.from_dealer_id AND other.sku_id = asked.sku_id
GROUP BY asked.from_dealer_id, asked.surplus, asked.created_at
