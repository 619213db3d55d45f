-- Scans of the codes noted for this run that a transfer authorises if its quantity covers their carrier, the code itself or what contains
-- it: from the receipt on, those of the receiving dealer, and whoever's inside the territory that it had then.
-- clickhouse-client --param_codes=raw_dirty_codes --param_version=…
WITH
    own AS
    (
        SELECT code, parent_code, former_parents, former_until FROM raw_mart_code_journeys FINAL
        WHERE code IN (SELECT code FROM {codes: Identifier} WHERE version = {version: UInt64})
    ),
    carried AS
    (
        SELECT code, code AS carrier, toDateTime64('2299-12-31', 3, 'UTC') AS until FROM own
        UNION ALL
        SELECT code, parent_code AS carrier, toDateTime64('2299-12-31', 3, 'UTC') AS until FROM own WHERE parent_code != ''
        UNION ALL
        SELECT code, former.1 AS carrier, former.2 AS until FROM own ARRAY JOIN arrayZip(former_parents, former_until) AS former
        UNION ALL
        SELECT own.code AS code, cases.parent_code AS carrier, toDateTime64('2299-12-31', 3, 'UTC') AS until
        FROM own
        INNER JOIN (SELECT code, parent_code FROM raw_mart_code_journeys FINAL WHERE code IN (SELECT parent_code FROM own)) AS cases ON cases.code = own.parent_code
        WHERE cases.parent_code != ''
    ),
    handed AS
    (
        SELECT
            carried.code AS code, carried.carrier AS carrier, received.suggestion_id AS suggestion_id,
            toString(received.from_dealer_id) AS giver, toString(received.to_dealer_id) AS taker, received.received_at AS since,
            dictGet('raw_territory_versions', ('adcodes', 'geometry'), tuple(ifNull(dictGet('raw_dealer_versions', 'territory_id', tuple(taker), since), '')), since) AS area
        FROM carried
        INNER JOIN (SELECT * FROM raw_transfer_codes FINAL) AS received ON received.code = carried.carrier
        WHERE received.received_at < carried.until
    ),
    scans AS
    (
        SELECT
            core_item_key(core_scans.code) AS item, source, event_id, event_time, toString(dealer_id) AS scanner, isNotNull(lon_wgs84) AS has_position,
            if(has_position, lon_wgs84, dictGet('raw_dealer_versions', 'lon', tuple(scanner), event_time)) AS lon,
            if(has_position, lat_wgs84, dictGet('raw_dealer_versions', 'lat', tuple(scanner), event_time)) AS lat,
            ifNull(if(has_position, found_adcode, dictGet('raw_dealer_versions', 'adcode', tuple(scanner), event_time)), '') AS adcode
        FROM core_scans
        WHERE core_scans.code IN
        (
            SELECT arrayJoin(if(empty(spellings), [known.code], spellings)) FROM raw_mart_code_journeys AS known
            WHERE known.code IN (SELECT code FROM handed)
        )
    )
SELECT scans.item AS code, scans.source AS source, scans.event_id AS event_id, handed.suggestion_id AS suggestion_id, handed.carrier AS carrier, handed.giver AS from_dealer_id
FROM scans
INNER JOIN handed ON handed.code = scans.item
WHERE scans.event_time >= handed.since
  AND (scanner = handed.taker OR ifNull(core_in_territory(ifNull(lon, 0.), ifNull(lat, 0.), adcode, handed.area.1, handed.area.2), 0) = 1)
