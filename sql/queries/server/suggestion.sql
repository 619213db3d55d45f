-- One suggestion: its kind, quantity, pack and state.
-- clickhouse-client --param_id=rp:D1:S1:2026-W48
SELECT 'replenishment' AS kind, suggestion_id, qty, state FROM mart_replenishment WHERE suggestion_id = {id: String}
UNION ALL
SELECT 'transfer', suggestion_id, qty, state FROM mart_transfers WHERE suggestion_id = {id: String}
