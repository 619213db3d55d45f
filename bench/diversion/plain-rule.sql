-- The plain rule: whoever scans a code outside the province of the dealer that it was last shipped to raises an alert; one for
-- each origin, prefecture, product and lot.
WITH
    shipped AS
    (
        SELECT own.code AS code, own.lot AS lot,
            arraySort(arrayConcat(
                arrayZip(own.shipped_at, own.shipped_to), arrayZip(parents.shipped_at, parents.shipped_to),
                arrayZip(grandparents.shipped_at, grandparents.shipped_to))) AS shipments
        FROM raw_mart_code_journeys AS own FINAL
        LEFT JOIN (SELECT * FROM raw_mart_code_journeys FINAL) AS parents ON parents.code = own.parent_code
        LEFT JOIN (SELECT * FROM raw_mart_code_journeys FINAL) AS grandparents ON grandparents.code = parents.parent_code
    )
SELECT
    origin_dealer_id, found, sku_id, lot,
    groupUniqArray(100)(code) AS codes
FROM
(
    SELECT
        scans.code AS code, scans.sku_id AS sku_id, shipped.lot AS lot,
        toString(arrayLast(s -> s.1 <= scans.event_time, shipped.shipments).2) AS origin_dealer_id,
        ifNull(coalesce(scans.found_adcode, dictGet('raw_dealer_versions', 'adcode', tuple(toString(scans.dealer_id)), scans.event_time)), '') AS found,
        ifNull(dictGet('raw_dealer_versions', 'adcode', tuple(origin_dealer_id), scans.event_time), '') AS home
    FROM core_scans AS scans
    INNER JOIN shipped ON shipped.code = core_item_key(scans.code)
    WHERE scans.biz_step IN ('receiving', 'stock_taking', 'inspecting', 'retail_selling', 'consumer_scan')
)
WHERE origin_dealer_id != '' AND found != '' AND home != '' AND substring(found, 1, 2) != substring(home, 1, 2)
GROUP BY origin_dealer_id, found, sku_id, lot
