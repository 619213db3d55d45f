-- The codes noted for this run that the receiving dealer of an approved transfer of their product scanned within window_d days of the
-- approval, each with its first such scan. Whether they are the giver's goods is asked of them only.
-- clickhouse-client --param_codes=raw_dirty_codes --param_version=… --param_window_d=30
WITH approved AS
    (
        SELECT transfers.suggestion_id AS suggestion_id, toString(from_dealer_id) AS giver, toString(to_dealer_id) AS taker, toString(sku_id) AS product, said.since AS since
        FROM mart_transfers AS transfers
        -- A quantity that was decided anew does not move the approval.
        INNER JOIN
        (
            SELECT suggestion_id, min(decided_at) AS since
            FROM raw_mart_suggestion_decisions
            WHERE decision IN ('accepted', 'edited')
            GROUP BY suggestion_id
        ) AS said ON said.suggestion_id = transfers.suggestion_id
        WHERE state IN ('accepted', 'edited')
    )
SELECT
    approved.suggestion_id AS suggestion_id, scans.item AS code, giver AS from_dealer_id, taker AS to_dealer_id,
    min(scans.event_time) AS received_at, any(toString(scans.level)) AS code_level,
    ifNull(toFloat64(dictGet('raw_product_versions', 'pack_qty', tuple(any(approved.product)), min(scans.event_time))), 1) AS pack_qty
FROM
(
    SELECT core_item_key(core_scans.code) AS item, dealer_id, sku_id, level, event_time
    FROM core_scans
    WHERE biz_step IN ('receiving', 'stock_taking', 'inspecting', 'retail_selling') AND core_scans.code IN
    (
        SELECT arrayJoin(if(empty(spellings), [known.code], spellings)) FROM raw_mart_code_journeys AS known
        WHERE known.code IN (SELECT code FROM {codes: Identifier} WHERE version = {version: UInt64})
    )
) AS scans
INNER JOIN approved ON approved.taker = scans.dealer_id AND approved.product = scans.sku_id
WHERE scans.event_time >= approved.since AND scans.event_time < approved.since + toIntervalDay({window_d: UInt16})
GROUP BY suggestion_id, code, from_dealer_id, to_dealer_id
