-- What the detector too can see of each scan of goods on their way, in numbers, with the case that an alert about it would belong
-- to: the features of the peer that learns without labels.
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
    ),
    placed AS
    (
        SELECT
            scans.code AS code, scans.sku_id AS sku_id, shipped.lot AS lot, scans.event_time AS event_time, scans.biz_step AS biz_step,
            toString(scans.dealer_id) AS scanner,
            ifNull(scans.session_id, '') AS session,
            arrayLast(s -> s.1 <= scans.event_time, shipped.shipments) AS shipment,
            toString(shipment.2) AS origin_dealer_id,
            coalesce(scans.lon_wgs84, dictGet('raw_dealer_versions', 'lon', tuple(scanner), scans.event_time)) AS lon,
            coalesce(scans.lat_wgs84, dictGet('raw_dealer_versions', 'lat', tuple(scanner), scans.event_time)) AS lat,
            dictGet('raw_dealer_versions', 'lon', tuple(origin_dealer_id), scans.event_time) AS home_lon,
            dictGet('raw_dealer_versions', 'lat', tuple(origin_dealer_id), scans.event_time) AS home_lat,
            ifNull(coalesce(scans.found_adcode, dictGet('raw_dealer_versions', 'adcode', tuple(scanner), scans.event_time)), '') AS found,
            ifNull(dictGet('raw_dealer_versions', 'adcode', tuple(origin_dealer_id), scans.event_time), '') AS home
        FROM core_scans AS scans
        INNER JOIN shipped ON shipped.code = core_item_key(scans.code)
        WHERE scans.biz_step IN ('receiving', 'stock_taking', 'inspecting', 'retail_selling', 'consumer_scan')
    )
SELECT
    code, origin_dealer_id, found, sku_id, lot,
    ifNull(greatCircleDistance(lon, lat, home_lon, home_lat) / 1000, 0) AS km_from_home,
    toUInt8(home != '' AND found != '' AND substring(found, 1, 2) != substring(home, 1, 2)) AS other_province,
    toUInt8(home != '' AND found != '' AND found != home) AS other_prefecture,
    toUInt8(scanner != '' AND origin_dealer_id != '' AND scanner != origin_dealer_id) AS other_dealer,
    toUInt8(origin_dealer_id = '') AS not_shipped,
    toUInt8(biz_step = 'consumer_scan') AS by_consumer,
    if(origin_dealer_id = '', 0, greatest(0, dateDiff('minute', shipment.1, event_time) / 60)) AS hours_since_shipment,
    uniqExactIf(session, session != '') OVER (PARTITION BY code) AS sessions,
    count() OVER (PARTITION BY code) AS scans,
    ifNull(
        greatCircleDistance(lon, lat, lagInFrame(lon) OVER in_order, lagInFrame(lat) OVER in_order) / 1000
            / greatest(0.1, dateDiff('second', lagInFrame(event_time) OVER in_order, event_time) / 3600),
        0) AS km_per_h
FROM placed
WINDOW in_order AS (PARTITION BY code ORDER BY event_time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
ORDER BY code, event_time, found
