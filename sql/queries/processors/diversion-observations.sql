-- Scans that may tell of a diversion, of the codes noted for this run: those made after a shipment (of the code itself or of
-- the case or pallet that contains it) and outside the territory that the dealer it was shipped to had then. A scan without
-- a position counts at the place of the dealer that made it, unless that is the one it was shipped to. Of the disc around a
-- position, 16 points that share it equally tell how much of it lies inside; its radius is at least 400 m, which is how well
-- the outlines are drawn.
-- clickhouse-client --param_version=…
WITH
    dirty AS (SELECT code FROM raw_dirty_codes WHERE version = {version: UInt64}),
    -- Which rows to join is asked without FINAL: rows of former versions only add codes that then join nothing.
    parent_codes AS (SELECT parent_code FROM raw_mart_code_journeys WHERE parent_code != '' AND code IN (SELECT code FROM dirty)),
    own AS (SELECT * FROM raw_mart_code_journeys FINAL WHERE code IN (SELECT code FROM dirty)),
    parents AS (SELECT * FROM raw_mart_code_journeys FINAL WHERE code IN (SELECT parent_code FROM parent_codes)),
    grandparents AS
    (
        SELECT * FROM raw_mart_code_journeys FINAL
        WHERE code IN (SELECT parent_code FROM raw_mart_code_journeys WHERE parent_code != '' AND code IN (SELECT parent_code FROM parent_codes))
    ),
    journeys AS
    (
        SELECT
            own.code AS code,
            own.parent_code AS parent_code,
            own.lot AS lot,
            arraySort(arrayConcat(
                arrayZip(own.shipped_at, own.shipped_to),
                arrayZip(parents.shipped_at, parents.shipped_to),
                arrayZip(grandparents.shipped_at, grandparents.shipped_to))) AS shipments
        FROM own
        LEFT JOIN parents ON parents.code = own.parent_code
        LEFT JOIN grandparents ON grandparents.code = parents.parent_code
    ),
    scans AS
    (
        SELECT
            code, source, event_id, event_time, biz_step, level, sku_id, dealer_id, accuracy_m,
            lon_wgs84, lat_wgs84, found_adcode
        FROM core_scans
        WHERE code IN (SELECT code FROM dirty)
          AND biz_step IN ('receiving', 'stock_taking', 'inspecting', 'retail_selling', 'consumer_scan')
    ),
    shipped AS
    (
        SELECT
            scans.code AS code, scans.source AS source, scans.event_id AS event_id, scans.event_time AS event_time,
            scans.biz_step AS biz_step, scans.level AS level, scans.sku_id AS sku_id, scans.dealer_id AS found_dealer_id,
            journeys.parent_code AS parent_code, journeys.lot AS lot,
            arrayLast(s -> s.1 <= scans.event_time, journeys.shipments) AS shipment,
            tupleElement(shipment, 1) AS shipped_at,
            toString(tupleElement(shipment, 2)) AS origin_dealer_id,
            isNotNull(scans.lon_wgs84) AS has_position,
            if(has_position, scans.lon_wgs84, dictGet('raw_dealer_versions', 'lon', tuple(scans.dealer_id), scans.event_time)) AS lon,
            if(has_position, scans.lat_wgs84, dictGet('raw_dealer_versions', 'lat', tuple(scans.dealer_id), scans.event_time)) AS lat,
            if(has_position, scans.found_adcode, dictGet('raw_dealer_versions', 'adcode', tuple(scans.dealer_id), scans.event_time)) AS place_adcode,
            greatest(400, if(has_position, ifNull(scans.accuracy_m, 0), 0)) AS radius_m
        FROM scans
        INNER JOIN journeys ON journeys.code = scans.code
    ),
    placed AS
    (
        SELECT
            *,
            dictGet('raw_dealer_versions', 'territory_id', tuple(origin_dealer_id), shipped_at) AS territory,
            dictGet('raw_territory_versions', ('adcodes', 'geometry'), tuple(ifNull(territory, '')), shipped_at) AS area
        FROM shipped
        WHERE origin_dealer_id != '' AND (has_position OR (found_dealer_id != '' AND found_dealer_id != origin_dealer_id))
          AND isNotNull(place_adcode)
    ),
    outside AS
    (
        SELECT *
        FROM placed
        WHERE core_in_territory(ifNull(lon, 0.), ifNull(lat, 0.), place_adcode, area.1, area.2) = 0
    ),
    discs AS
    (
        SELECT
            *,
            arrayMap(i -> (
                lon + sqrt((i + 0.5) / 16) * radius_m / (111320 * cos(radians(lat))) * cos(i * 2.399963229728653),
                lat + sqrt((i + 0.5) / 16) * radius_m / 111320 * sin(i * 2.399963229728653)), range(16)) AS points
        FROM (SELECT * REPLACE (ifNull(lon, 0.) AS lon, ifNull(lat, 0.) AS lat) FROM outside)
    )
SELECT
    code, source, event_id, event_time, biz_step, sku_id, lot, parent_code, origin_dealer_id,
    ifNull(territory, '') AS territory_id,
    shipped_at,
    found_dealer_id,
    ifNull(place_adcode, '') AS found_adcode,
    if(has_position,
        arrayAvg(arrayMap(p -> ifNull(core_in_territory(p.1, p.2, dictGetOrNull('raw_prefecture_polygons', 'adcode', p), area.1, area.2), 0), points)),
        0) AS share_inside,
    level,
    if(level = 'unit', 1, ifNull(toFloat64(dictGet('raw_product_versions', 'pack_qty', tuple(sku_id), shipped_at)), 1)) AS units,
    coalesce(
        dictGet('raw_product_versions', 'list_price', tuple(sku_id), shipped_at),
        dictGet('raw_product_versions', 'unit_cost', tuple(sku_id), shipped_at)) AS unit_value,
    ifNull(dictGet('raw_product_versions', 'currency', tuple(sku_id), shipped_at), '') AS currency
FROM discs
ORDER BY code, event_time, source, event_id
