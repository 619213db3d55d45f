-- What came under some transfers that are approved, and how much of it was decided.
-- clickhouse-client --param_suggestion_ids="['tr:D1:D2:S1:2026-W48']"
SELECT
    received.suggestion_id AS suggestion_id, received.code AS code, received.parent_code AS parent_code, received.received_at AS received_at,
    received.units AS units, ifNull(transfers.decided_qty, transfers.qty) AS decided_qty,
    ifNull(toFloat64(dictGet('raw_product_versions', 'pack_qty', tuple(toString(transfers.sku_id)), received.received_at)), 1) AS pack_qty
FROM raw_transfer_codes AS received FINAL
INNER JOIN mart_transfers AS transfers ON transfers.suggestion_id = received.suggestion_id
WHERE received.suggestion_id IN {suggestion_ids: Array(String)} AND transfers.state IN ('accepted', 'edited')
ORDER BY suggestion_id, received_at, code
