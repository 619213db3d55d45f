-- Notes every code that the receiving dealer of an approved transfer of its product ever scanned: where all codes are judged, their
-- transfers are known before the first.
INSERT INTO raw_dirty_codes
SELECT DISTINCT core_item_key(raw_scans.code) AS code, {version: UInt64} AS version
FROM raw_scans
WHERE biz_step IN ('receiving', 'stock_taking', 'inspecting', 'retail_selling')
  AND (dealer_id, sku_id) IN (SELECT to_dealer_id, sku_id FROM mart_transfers WHERE state IN ('accepted', 'edited'))
