-- What the accepted of some suggestions have brought. Asked for a page that has any: its planning costs ten times what the page costs.
-- clickhouse-client --param_ids="['rp:D1:K1:2026-W48']"
SELECT
    suggestion_id,
    stockout_days,
    stockout_days_without,
    lost_qty,
    lost_qty_without,
    saved_days,
    saved_qty,
    reason AS benefit_reason
FROM mart_suggestion_benefit
WHERE suggestion_id IN {ids: Array(String)}
