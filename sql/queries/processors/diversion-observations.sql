-- The scans of the codes noted for this run, each with its place and with the last shipment before it (of the code itself or of the case or
-- pallet that contains it, as far as it is a supply: core_is_supply), judged by the territory that the dealer it was shipped to had then. A
-- scan without a position counts at the place of the dealer that made it, unless that is the one it was shipped to; 0° 0° (a conversion of
-- datum moves it a little) is no position, but what a device says that has none. Of the disc around a position, 16 points that share it
-- equally tell how much of it lies inside; its radius is at least 400 m, which is how well the outlines are drawn. Outlines end at
-- prefectures: a dealer whose own county lies in the prefecture in which it scans is taken to be in that county, as it is without a
-- position. A place in no prefecture is told by the territory whose outline holds it; one in none of these either, as at sea, is outside where nothing
-- of the territory lies within the border band or the radius.
-- clickhouse-client --param_codes=raw_dirty_codes --param_version=… --param_border_km=30 --param_scans_max=300
WITH
    dirty AS (SELECT code FROM {codes: Identifier} WHERE version = {version: UInt64}),
    -- Which rows to join is asked without FINAL: rows of former versions only add codes that then join nothing.
    parent_codes AS (SELECT parent_code FROM raw_mart_code_journeys WHERE parent_code != '' AND code IN (SELECT code FROM dirty)),
    own AS (SELECT * FROM raw_mart_code_journeys FINAL WHERE code IN (SELECT code FROM dirty)),
    -- Which item a scan is of, the ways of codes say: asking core_item_key of each scan once more makes the statement a third longer to take apart.
    spelt AS (SELECT DISTINCT arrayJoin(if(empty(spellings), [known.code], spellings)) AS sent, known.code AS item FROM raw_mart_code_journeys AS known WHERE known.code IN (SELECT code FROM dirty)),
    boxes_spelt AS
    (
        SELECT DISTINCT arrayJoin(if(empty(spellings), [known.code], spellings)) AS sent, known.code AS item
        FROM raw_mart_code_journeys AS known
        WHERE known.code IN (SELECT arrayJoin(arrayPushBack(former_parents, parent_code)) FROM raw_mart_code_journeys WHERE code IN (SELECT code FROM dirty))
    ),
    parents AS (SELECT * FROM raw_mart_code_journeys FINAL WHERE code IN (SELECT parent_code FROM parent_codes)),
    grandparents AS
    (
        SELECT * FROM raw_mart_code_journeys FINAL
        WHERE code IN (SELECT parent_code FROM raw_mart_code_journeys WHERE parent_code != '' AND code IN (SELECT parent_code FROM parent_codes))
    ),
    -- What dealers did with the containers of a code as such: unpacked, what was in them is loose, also where the units were not scanned;
    -- counted or shipped, they hold what was in them.
    boxes AS
    (
        SELECT
            inside_of.code AS code,
            arraySort(groupArray(CAST((box.event_time, box.item, box.biz_step, box.hand, box.meant_for), 'Tuple(at DateTime64(3, \'UTC\'), container String, biz_step String, dealer_id String, to_dealer_id String)'))) AS box_scans
        FROM
        (
            SELECT boxes_spelt.item AS item, event_time, biz_step, toString(dealer_id) AS hand, ifNull(toString(to_dealer_id), '') AS meant_for
            FROM core_scans
            INNER JOIN boxes_spelt ON boxes_spelt.sent = core_scans.code
            WHERE biz_step IN ('receiving', 'stock_taking', 'inspecting', 'shipping', 'returning', 'unpacking') AND hand != '' AND core_scans.code IN (SELECT sent FROM boxes_spelt)
            ORDER BY item, event_time, source, event_id
            LIMIT {scans_max: UInt32} BY item
        ) AS box
        INNER JOIN
        (
            SELECT code, arrayJoin(arrayPushBack(former_parents, parent_code)) AS container
            FROM raw_mart_code_journeys FINAL
            WHERE code IN (SELECT code FROM dirty)
        ) AS inside_of ON inside_of.container = box.item
        GROUP BY inside_of.code
    ),
    -- The containers that a code is and was in, each until it was packed anew, and likewise what these were in meanwhile.
    moves AS
    (
        SELECT code, move.1 AS container, move.2 AS until
        FROM own
        ARRAY JOIN arrayPushFront(arrayZip(former_parents, former_until), (parent_code, toDateTime64('2299-12-31 00:00:00', 3, 'UTC'))) AS move
    ),
    outer_moves AS
    (
        SELECT moves.code AS code, move.1 AS container, least(moves.until, move.2) AS until
        FROM moves
        INNER JOIN
        (
            SELECT code, arrayPushFront(arrayZip(former_parents, former_until), (parent_code, toDateTime64('2299-12-31 00:00:00', 3, 'UTC'))) AS moves
            FROM raw_mart_code_journeys FINAL
            WHERE code IN (SELECT arrayJoin(arrayPushBack(former_parents, parent_code)) FROM raw_mart_code_journeys WHERE code IN (SELECT code FROM dirty))
        ) AS boxes ON boxes.code = moves.container
        ARRAY JOIN boxes.moves AS move
    ),
    -- What carried the former containers of a code, and the former containers of these, before it was packed anew.
    formers AS
    (
        SELECT passed.code AS code, groupArrayArray(arrayFilter(s -> s.1 < passed.until, arrayMap((t, d, b) -> (t, d, 1, b), boxes.shipped_at, CAST(boxes.shipped_to, 'Array(String)'), CAST(boxes.shipped_by, 'Array(String)')))) AS legs
        FROM
        (
            SELECT * FROM moves UNION ALL SELECT * FROM outer_moves
        ) AS passed
        INNER JOIN
        (
            SELECT code, shipped_at, shipped_to, shipped_by FROM raw_mart_code_journeys FINAL
            WHERE notEmpty(shipped_at) AND code IN (SELECT container FROM (SELECT * FROM moves UNION ALL SELECT * FROM outer_moves) WHERE until < '2299-12-31')
        ) AS boxes ON boxes.code = passed.container
        WHERE passed.until < '2299-12-31'
        GROUP BY passed.code
    ),
    inside AS
    (
        SELECT contents.parent_code AS code, any(toString(contents.lot)) AS lot
        FROM raw_mart_code_journeys AS contents FINAL
        WHERE contents.lot != '' AND contents.parent_code != ''
          AND contents.parent_code IN (SELECT bare.code FROM raw_mart_code_journeys AS bare WHERE bare.code IN (SELECT code FROM dirty) AND bare.lot = '' AND bare.level != 'unit')
        GROUP BY contents.parent_code
        HAVING uniqExact(contents.lot) = 1
    ),
    journeys AS
    (
        SELECT
            own.code AS code,
            own.spellings[1] AS first_spelling,
            own.parent_code AS container,
            -- What a code's own scans do not say of its lot those of its container say, or of its contents where all are of one.
            toString(coalesce(nullIf(own.lot, ''), nullIf(parents.lot, ''), nullIf(grandparents.lot, ''), nullIf(inside.lot, ''), '')) AS code_lot,
            boxes.box_scans AS box_scans,
            arraySort(arrayMap(
                leg -> (leg.1, leg.2, leg.3, core_is_supply(leg.4, leg.2, leg.1)),
                arrayConcat(
                    arrayMap((t, d, b) -> (t, d, 0, b), own.shipped_at, CAST(own.shipped_to, 'Array(String)'), CAST(own.shipped_by, 'Array(String)')),
                    arrayMap((t, d, b) -> (t, d, 1, b), parents.shipped_at, CAST(parents.shipped_to, 'Array(String)'), CAST(parents.shipped_by, 'Array(String)')),
                    arrayMap((t, d, b) -> (t, d, 1, b), grandparents.shipped_at, CAST(grandparents.shipped_to, 'Array(String)'), CAST(grandparents.shipped_by, 'Array(String)')),
                    formers.legs))) AS shipments
        FROM own
        LEFT JOIN formers ON formers.code = own.code
        LEFT JOIN boxes ON boxes.code = own.code
        LEFT JOIN parents ON parents.code = own.parent_code
        LEFT JOIN grandparents ON grandparents.code = parents.parent_code
        LEFT JOIN inside ON inside.code = own.code
    ),
    scans AS
    (
        SELECT
            spelt.item AS item, source, event_id, event_time, biz_step, level, sku_id, toString(dealer_id) AS scanner, accuracy_m,
            core_item_key(ifNull(parent_code, '')) AS named_parent, coalesce(nullIf(session_id, ''), device_id, '') AS session,
            lon_wgs84, lat_wgs84, found_adcode
        FROM core_scans
        INNER JOIN spelt ON spelt.sent = core_scans.code
        WHERE core_scans.code IN (SELECT sent FROM spelt)
        -- A code that is scanned without end (a printed copy) is judged by its first scans.
        ORDER BY item, event_time, source, event_id
        LIMIT {scans_max: UInt32} BY item
    ),
    -- Squares of one degree, with the territories whose outlines, of whatever version, touch them.
    squares AS
    (
        SELECT square, groupUniqArray(toString(outlined.territory_id)) AS territories
        FROM
        (
            SELECT
                territory_id,
                arrayFlatten(if(
                    JSONExtractString(ifNull(geometry, ''), 'type') = 'Polygon',
                    [JSONExtract(ifNull(geometry, ''), 'coordinates', 'Array(Array(Tuple(Float64, Float64)))')],
                    JSONExtract(ifNull(geometry, ''), 'coordinates', 'Array(Array(Array(Tuple(Float64, Float64))))'))) AS corners,
                range(toInt32(floor(arrayMin(c -> c.1, corners))), toInt32(floor(arrayMax(c -> c.1, corners))) + 1) AS degrees_east,
                range(toInt32(floor(arrayMin(c -> c.2, corners))), toInt32(floor(arrayMax(c -> c.2, corners))) + 1) AS degrees_north
            FROM raw_territory_versions
            WHERE geometry IS NOT NULL
        ) AS outlined
        ARRAY JOIN arrayFlatten(arrayMap(x -> arrayMap(y -> (x, y), degrees_north), degrees_east)) AS square
        GROUP BY square
    ),
    located AS
    (
        SELECT
            scans.*, journeys.code AS code, journeys.first_spelling AS first_spelling,
            journeys.container AS container, journeys.code_lot AS code_lot, journeys.shipments AS shipments, journeys.box_scans AS box_scans,
            arrayLast(s -> s.1 <= scans.event_time AND s.4, journeys.shipments) AS shipment,
            toString(tupleElement(shipment, 2)) AS origin_dealer_id,
            tupleElement(shipment, 1) AS placed_shipped_at,
            isNotNull(scans.lon_wgs84) AND (abs(scans.lon_wgs84) > 0.05 OR abs(scans.lat_wgs84) > 0.05) AS has_position,
            if(has_position, scans.lon_wgs84, dictGet('raw_dealer_versions', 'lon', tuple(scanner), scans.event_time)) AS lon,
            if(has_position, scans.lat_wgs84, dictGet('raw_dealer_versions', 'lat', tuple(scanner), scans.event_time)) AS lat,
            ifNull(dictGet('raw_dealer_versions', 'adcode', tuple(scanner), scans.event_time), '') AS told_adcode,
            -- Of a dealer that tells its address, and not the division, the outlines do.
            if(told_adcode != '' OR has_position, told_adcode, ifNull(dictGetOrNull('raw_prefecture_polygons', 'adcode', (ifNull(lon, 0.), ifNull(lat, 0.))), '')) AS own_adcode,
            ifNull(scans.found_adcode, '') AS prefecture,
            -- Where the origin's own device is, its county does not tell.
            has_position AND scanner != '' AND scanner != origin_dealer_id
                AND endsWith(prefecture, '00') AND NOT endsWith(own_adcode, '00') AND startsWith(own_adcode, substring(prefecture, 1, if(endsWith(prefecture, '0000'), 2, 4))) AS is_in_county,
            if(has_position AND NOT is_in_county, prefecture, own_adcode) AS adcode,
            ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(scanner), scans.event_time), '') AS own_territory_id,
            if(adcode = '' AND lon IS NOT NULL AND lat IS NOT NULL, (toInt32(floor(assumeNotNull(lon))), toInt32(floor(assumeNotNull(lat)))), (0, 90)) AS degree,
            greatest(400, if(has_position, ifNull(scans.accuracy_m, 0), 0)) AS radius_m,
            biz_step IN ('receiving', 'stock_taking', 'inspecting', 'retail_selling', 'unpacking', 'consumer_scan') AS is_seen,
            ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(origin_dealer_id), placed_shipped_at), '') AS territory_id,
            dictGet('raw_territory_versions', ('adcodes', 'geometry'), tuple(territory_id), placed_shipped_at) AS area,
            dictGet('raw_dealer_versions', ('lon', 'lat'), tuple(origin_dealer_id), placed_shipped_at) AS home,
            origin_dealer_id != '' AND is_seen AND (has_position OR ((adcode != '' OR isNotNull(lon)) AND scanner != '' AND scanner != origin_dealer_id))
                AND ifNull(core_in_territory(ifNull(lon, 0.), ifNull(lat, 0.), adcode, area.1, area.2), 1) = 0 AS is_beyond
        FROM scans
        INNER JOIN journeys ON journeys.code = scans.item
    ),
    placed AS
    (
        SELECT
            located.*,
            -- Of several that lie over one another the scanner's own, else the first by its id.
            multiIf(
                adcode != '', '',
                isNotNull(lon), arrayFirst(
                    id -> core_point_in_geojson(ifNull(lon, 0.), ifNull(lat, 0.), ifNull(dictGet('raw_territory_versions', 'geometry', tuple(id), event_time), '')),
                    arrayPushFront(arraySort(squares.territories), own_territory_id)),
                isNotNull(dictGet('raw_territory_versions', 'geometry', tuple(own_territory_id), event_time)), own_territory_id,
                '') AS found_territory_id
        FROM located
        LEFT JOIN squares ON squares.square = located.degree
    ),
    -- Points that share a disc of one unit equally.
    arrayMap(i -> (sqrt((i + 0.5) / 16) * cos(i * 2.399963229728653), sqrt((i + 0.5) / 16) * sin(i * 2.399963229728653)), range(16)) AS disc,
    -- Twelve points on each of twelve rings, every 2 km up to 24 km, the inmost first.
    arrayMap(i -> (2 * (1 + intDiv(i, 12)) * cos((i + intDiv(i, 12) / 2) * pi() / 6), 2 * (1 + intDiv(i, 12)) * sin((i + intDiv(i, 12) / 2) * pi() / 6)), range(144)) AS rings,
    ifNull(lon, 0.) AS x,
    ifNull(lat, 0.) AS y,
    ifNull(geoDistance(x, y, home.1, home.2) <= radius_m, 0) AS is_home_within
SELECT
    code, if(first_spelling = '', code, first_spelling) AS sent_code, toString(level) AS level, sku_id, code_lot AS lot, container,
    arrayMap(s -> s.1, shipments) AS shipments_at,
    arrayMap(s -> toString(s.2), shipments) AS shipments_to,
    arrayMap(s -> s.3, shipments) AS shipments_container,
    arrayMap(s -> s.4, shipments) AS shipments_supply,
    box_scans,
    source, event_id, event_time, biz_step,
    scanner AS dealer_id,
    ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(scanner), event_time), '') AS dealer_parent_id,
    named_parent AS parent_code, session AS session_id,
    lon, lat, radius_m, has_position, adcode, found_territory_id,
    origin_dealer_id,
    if(origin_dealer_id = '', '', ifNull(dictGet('raw_dealer_versions', 'parent_dealer_id', tuple(origin_dealer_id), placed_shipped_at), '')) AS origin_parent_id,
    territory_id,
    if(origin_dealer_id = '', NULL, placed_shipped_at) AS shipped_at,
    is_beyond AND (adcode != '' OR found_territory_id != '' OR NOT (is_home_within OR arrayExists(p -> core_is_inside(p, area.1, area.2), core_points_around(x, y, greatest({border_km: Float64}, radius_m / 1000), disc)))) AS is_outside,
    if(
        is_outside AND has_position,
        arrayAvg(arrayMap(
            p -> ifNull(core_in_territory(p.1, p.2, if(is_in_county AND dictGetOrNull('raw_prefecture_polygons', 'adcode', p) = prefecture, adcode, dictGetOrNull('raw_prefecture_polygons', 'adcode', p)), area.1, area.2), 0),
            core_points_around(x, y, radius_m / 1000, disc))),
        0) AS share_inside,
    -- Asked of those who are not at home anywhere, and ring by ring only where the band reaches the territory at all: the middle between the last ring
    -- without it and the first one with it. A position so rough that the dealer's own address lies within it says no more than one at the border.
    multiIf(
        NOT is_outside OR (scanner != '' AND scanner != origin_dealer_id), NULL,
        is_home_within, 0,
        arrayExists(p -> core_is_inside(p, area.1, area.2), core_points_around(x, y, {border_km: Float64}, disc)),
        if(
            (arrayFirstIndex(p -> core_is_inside(p, area.1, area.2), core_points_around(x, y, 1, rings)) AS first_inside) = 0,
            {border_km: Float64},
            2. * intDiv(first_inside - 1, 12) + 1),
        NULL) AS beyond_km,
    -- What approved transfers authorise is asked apart (transfer-scans.sql).
    false AS is_authorised,
    -- Terms as of the shipment.
    if(origin_dealer_id = '', event_time, placed_shipped_at) AS priced_at,
    if(level = 'unit', 1, ifNull(toFloat64(dictGet('raw_product_versions', 'pack_qty', tuple(sku_id), priced_at)), 1)) AS units,
    coalesce(
        dictGet('raw_product_versions', 'list_price', tuple(sku_id), priced_at),
        dictGet('raw_product_versions', 'unit_cost', tuple(sku_id), priced_at)) AS unit_value,
    ifNull(dictGet('raw_product_versions', 'currency', tuple(sku_id), priced_at), '') AS currency
FROM placed
ORDER BY code, event_time, source, event_id
