-- Notes, of the codes in a stretch of the table's order (dirty = 0), or of those noted for this run (dirty = its version), those of which a
-- rule may have something to say: most codes are never seen outside their dealer's territory, nor anywhere before their shipment. What
-- decides is what the rules ask of the scans in diversion-observations.sql; a code too many costs time, one too few would be
-- a signal lost.
-- clickhouse-client --param_after='' --param_until='~' --param_dirty=0 --param_version=1 --param_places_min=3 --param_speed_kmh=900 --param_clock_h=0.033
INSERT INTO raw_suspect_codes
WITH
    own AS
    (
        SELECT code, parent_code, notEmpty(former_parents) AS is_repacked, arrayMap((t, d, b) -> (t, d, b), shipped_at, CAST(shipped_to, 'Array(String)'), CAST(shipped_by, 'Array(String)')) AS legs
        FROM raw_mart_code_journeys FINAL
        WHERE code > {after: String} AND code <= {until: String}
          AND ({dirty: UInt64} = 0 OR code IN (SELECT noted.code FROM raw_dirty_codes AS noted WHERE noted.version = {dirty: UInt64}))
    ),
    -- Which rows to join is asked without FINAL: rows of former versions only add codes that then join nothing.
    parent_codes AS
    (
        SELECT parent_code
        FROM raw_mart_code_journeys
        WHERE parent_code != '' AND code > {after: String} AND code <= {until: String}
          AND ({dirty: UInt64} = 0 OR code IN (SELECT noted.code FROM raw_dirty_codes AS noted WHERE noted.version = {dirty: UInt64}))
    ),
    parents AS
    (
        SELECT code, parent_code, last_event_time, arrayMap((t, d, b) -> (t, d, b), shipped_at, CAST(shipped_to, 'Array(String)'), CAST(shipped_by, 'Array(String)')) AS legs
        FROM raw_mart_code_journeys FINAL
        WHERE code IN (SELECT parent_code FROM parent_codes)
    ),
    grandparents AS
    (
        SELECT code, arrayMap((t, d, b) -> (t, d, b), shipped_at, CAST(shipped_to, 'Array(String)'), CAST(shipped_by, 'Array(String)')) AS legs
        FROM raw_mart_code_journeys FINAL
        WHERE code IN (SELECT parent_code FROM raw_mart_code_journeys WHERE parent_code != '' AND code IN (SELECT parent_code FROM parent_codes))
    ),
    ways AS
    (
        SELECT
            own.code AS code, own.is_repacked AS is_repacked, parents.last_event_time AS box_seen_until,
            arraySort(arrayMap(leg -> (leg.1, leg.2, core_is_supply(leg.3, leg.2, leg.1)), arrayConcat(own.legs, parents.legs, grandparents.legs))) AS shipments
        FROM own
        LEFT JOIN parents ON parents.code = own.parent_code
        LEFT JOIN grandparents ON grandparents.code = parents.parent_code
    ),
    -- The divisions that each territory covers by all its versions, and so each dealer by all of its own: there no scan is outside, whenever it was.
    divisions AS
    (
        SELECT adcode FROM core_prefectures
        UNION DISTINCT
        SELECT ifNull(dealers.adcode, '') AS adcode FROM raw_dealer_versions AS dealers
    ),
    covers AS
    (
        SELECT territories.territory_id AS territory_id, divisions.adcode AS adcode
        FROM raw_territory_versions AS territories
        CROSS JOIN divisions
        GROUP BY territory_id, adcode
        HAVING min(core_adcode_within(divisions.adcode, territories.adcodes)) = 1
    ),
    held AS (SELECT DISTINCT dealer_id, ifNull(dealers.territory_id, '') AS territory_id FROM raw_dealer_versions AS dealers),
    homes AS
    (
        SELECT held.dealer_id AS dealer_id, covers.adcode AS adcode
        FROM held
        INNER JOIN covers ON covers.territory_id = held.territory_id
        INNER JOIN (SELECT dealer_id, count() AS territories FROM held GROUP BY dealer_id) AS counted ON counted.dealer_id = held.dealer_id
        GROUP BY dealer_id, adcode
        HAVING count() = any(counted.territories)
    ),
    scans AS
    (
        SELECT
            core_item_key(core_scans.code) AS item, event_time, biz_step, toString(dealer_id) AS scanner,
            isNotNull(lon_wgs84) AND (abs(lon_wgs84) > 0.05 OR abs(lat_wgs84) > 0.05) AS has_position,
            dictGet('raw_dealer_versions', ('lon', 'lat', 'adcode'), tuple(scanner), event_time) AS place,
            if(has_position, lon_wgs84, place.1) AS lon,
            if(has_position, lat_wgs84, place.2) AS lat,
            -- As there: a dealer's own county where that lies in the prefecture. Asked of the few that have one alone, which costs nothing.
            core_scans.dealer_id IN (SELECT dealers.dealer_id FROM raw_dealer_versions AS dealers WHERE NOT endsWith(ifNull(dealers.adcode, ''), '00'))
                AND ifNull(endsWith(found_adcode, '00') AND NOT endsWith(place.3, '00') AND startsWith(place.3, substring(found_adcode, 1, if(endsWith(found_adcode, '0000'), 2, 4))), 0) AS is_in_county,
            multiIf(
                has_position AND NOT is_in_county, ifNull(found_adcode, ''),
                ifNull(place.3, '') != '' OR place.1 IS NULL OR place.2 IS NULL, ifNull(place.3, ''),
                ifNull(dictGetOrNull('raw_prefecture_polygons', 'adcode', (assumeNotNull(place.1), assumeNotNull(place.2))), '')) AS adcode
        FROM core_scans
        WHERE core_scans.code IN
        (
            SELECT arrayJoin(if(empty(spellings), [known.code], spellings)) FROM raw_mart_code_journeys AS known
            WHERE known.code > {after: String} AND known.code <= {until: String}
              AND ({dirty: UInt64} = 0 OR known.code IN (SELECT noted.code FROM raw_dirty_codes AS noted WHERE noted.version = {dirty: UInt64}))
        )
    ),
    placed AS
    (
        SELECT
            scans.item AS code, event_time, biz_step, scanner, lon, lat, adcode, shipments, is_repacked, box_seen_until,
            isNotNull(lon) AND isNotNull(lat) AND biz_step != 'packing' AS is_placed,
            -- Second, 1/182 of a degree of longitude and 1/364 of latitude in one number: kept and sorted several times faster than three.
            bitShiftLeft(toUInt64(toUnixTimestamp(event_time)), 32)
                + 65536 * toUInt64(182 * (ifNull(lon, 0.) + 180)) + toUInt64(364 * (ifNull(lat, 0.) + 90)) AS mark,
            arrayLast(s -> s.1 <= event_time AND s.3, shipments) AS shipment,
            shipment.2 AS origin,
            biz_step IN ('receiving', 'stock_taking', 'inspecting', 'retail_selling', 'unpacking', 'consumer_scan') AS is_seen,
            is_seen AND scanner != 'HQ' AND (origin = '' OR (biz_step = 'receiving' AND scanner != origin)) AS is_stray,
            is_seen AND scanner != '' AND scanner != 'HQ' AND scanner != origin AND event_time < box_seen_until AS is_taken_out,
            origin != '' AND is_seen AND (has_position OR ((adcode != '' OR isNotNull(lon)) AND scanner != '' AND scanner != origin))
                AND (origin, adcode) NOT IN (SELECT dealer_id, adcode FROM homes) AS may_be_outside
        FROM scans
        INNER JOIN ways ON ways.code = scans.item
    ),
    codes AS
    (
        SELECT
            code,
            any(is_repacked) AS was_repacked,
            max(is_stray) AS was_stray,
            max(is_taken_out) AS was_taken_out,
            groupArrayIf((ifNull(lon, 0.), ifNull(lat, 0.), adcode, origin, shipment.1), may_be_outside) AS doubtful,
            countIf(biz_step = 'consumer_scan') AS consumer_scans,
            minIf(event_time, biz_step = 'retail_selling') AS sold_at,
            countIf(biz_step = 'retail_selling') > 0 AND (sold_at < maxIf(event_time, biz_step NOT IN ('consumer_scan', 'packing', 'commissioning')) OR sold_at < any(shipments[-1].1)) AS is_handled_later,
            max(lon) - min(lon) + max(lat) - min(lat) > 1 AS is_spread,
            groupArrayIf(mark, is_placed) AS marks
        FROM placed
        GROUP BY code
    ),
    -- How far apart scans lie, in degrees, and so in kilometres at most, against how far anything travels between them. Most lie together.
    jumps AS
    (
        SELECT
            code, was_repacked, was_stray, was_taken_out, consumer_scans, is_handled_later,
            arrayExists(
                (one, area) -> ifNull(core_in_territory(one.1, one.2, one.3, area.1, area.2), 1) = 0,
                doubtful,
                arrayMap(
                    one -> dictGet('raw_territory_versions', ('adcodes', 'geometry'), tuple(ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(one.4), one.5), '')), one.5),
                    doubtful)) AS is_outside,
            arraySort(if(ifNull(is_spread, 0), marks, emptyArrayUInt64())) AS way,
            arrayExists(
                (a, b) -> 114 * (abs(b % 4294967296 / 65536 - a % 4294967296 / 65536) / 182 + abs(toFloat64(b % 65536) - a % 65536) / 364)
                    > {speed_kmh: Float64} * ((intDiv(b, 4294967296) - intDiv(a, 4294967296)) / 3600 + if(intDiv(b, 4294967296) = intDiv(a, 4294967296), 0, {clock_h: Float64})),
                arrayPopBack(way), arrayPopFront(way)) AS is_far
        FROM codes
    )
SELECT code, {version: UInt64} AS version
FROM jumps
WHERE was_repacked OR was_stray OR was_taken_out OR is_outside OR consumer_scans >= {places_min: UInt8} OR is_handled_later OR is_far
