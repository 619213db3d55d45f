-- Readings of logistics codes: the first delivery of each event.
-- Reference columns are those valid at event_time; each is looked up only where it is read. Null = no version was valid.
CREATE OR REPLACE VIEW core_scans {{on_cluster}}
(
    event_id String COMMENT 'id of the event, unique within its source: the same pair again changes no figure',
    source LowCardinality(String) COMMENT 'id of the feed, e.g. erp-huadong',
    event_time DateTime64(3, 'UTC') COMMENT 'when it happened, RFC 3339 with offset',
    dealer_id LowCardinality(String) COMMENT 'the dealer that scanned; "" only for a consumer''s scan',
    code String COMMENT 'GS1 Digital Link, EPC URN or a private logistics code',
    level LowCardinality(String) COMMENT 'what the code is on',
    biz_step LowCardinality(String) COMMENT 'what was done',
    sku_id LowCardinality(String) COMMENT 'the product',
    parent_code Nullable(String) COMMENT 'the case or pallet that contains it; null when left out',
    lot LowCardinality(Nullable(String)) COMMENT 'production lot; null when left out',
    to_dealer_id LowCardinality(Nullable(String)) COMMENT 'shipping: the dealer it is meant for; null when left out',
    lat Nullable(Float64) COMMENT 'latitude, degrees; null when left out',
    lon Nullable(Float64) COMMENT 'longitude, degrees; null when left out',
    accuracy_m Nullable(Float64) COMMENT 'radius of the position, metres; null when left out',
    datum LowCardinality(Nullable(String)) COMMENT 'datum of lat and lon: wgs84, gcj02 or bd09; null = wgs84',
    session_id Nullable(String) COMMENT 'the consumer session or device session that scanned; null when left out',
    device_id Nullable(String) COMMENT 'the device that scanned; null when left out',
    photo_ref Nullable(String) COMMENT 'reference of a photo; null when left out',
    dealer_name Nullable(String) COMMENT 'name of the dealer, as of the event',
    dealer_tier Nullable(UInt8) COMMENT 'level of the dealer in the channel, as of the event',
    territory_id Nullable(String) COMMENT 'territory of the dealer, as of the event',
    adcode Nullable(String) COMMENT 'division (GB/T 2260) of the dealer, as of the event',
    to_territory_id Nullable(String) COMMENT 'territory of to_dealer_id, as of the event',
    product_name Nullable(String) COMMENT 'name of the product, as of the event',
    category Nullable(String) COMMENT 'category of the product, as of the event',
    lon_wgs84 Nullable(Float64) COMMENT 'longitude of the scan in WGS84 degrees, whatever its datum',
    lat_wgs84 Nullable(Float64) COMMENT 'latitude of the scan in WGS84 degrees, whatever its datum',
    found_adcode Nullable(String) COMMENT 'prefecture (GB/T 2260) in which it was scanned; null without a position or outside all',
    ingested_at DateTime64(3, 'UTC') COMMENT 'when it was first written here'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    event_id, source, event_time, dealer_id, code, level, biz_step, sku_id, parent_code, lot, to_dealer_id, lat, lon, accuracy_m, datum, session_id, device_id, photo_ref,
    dictGet('raw_dealer_versions', 'name', tuple(dealer_id), event_time) AS dealer_name,
    dictGet('raw_dealer_versions', 'tier', tuple(dealer_id), event_time) AS dealer_tier,
    dictGet('raw_dealer_versions', 'territory_id', tuple(dealer_id), event_time) AS territory_id,
    dictGet('raw_dealer_versions', 'adcode', tuple(dealer_id), event_time) AS adcode,
    dictGet('raw_dealer_versions', 'territory_id', tuple(ifNull(to_dealer_id, '')), event_time) AS to_territory_id,
    dictGet('raw_product_versions', 'name', tuple(sku_id), event_time) AS product_name,
    dictGet('raw_product_versions', 'category', tuple(sku_id), event_time) AS category,
    if(has_position, position.1, NULL) AS lon_wgs84,
    if(has_position, position.2, NULL) AS lat_wgs84,
    if(has_position, dictGetOrNull('raw_prefecture_polygons', 'adcode', position), NULL) AS found_adcode,
    _ingested_at AS ingested_at
FROM
(
    SELECT *, if(is_shifted, core_gcj02_to_wgs84(gcj02.1, gcj02.2), sent) AS position
    FROM
    (
        -- The contract gives both coordinates or none; those of another datum are converted.
        SELECT
            *,
            isNotNull(lon) AND isNotNull(lat) AS has_position,
            (ifNull(lon, 0.), ifNull(lat, 0.)) AS sent,
            ifNull(datum IN ('gcj02', 'bd09'), 0) AS is_shifted,
            if(ifNull(datum = 'bd09', 0), core_bd09_to_gcj02(sent.1, sent.2), sent) AS gcj02
        FROM raw_scans_by_key FINAL
        WHERE _precedence NOT IN (SELECT bitNot(bitShiftLeft(toUInt64(_partition), 48) + _offset) FROM raw_event_conflicts WHERE event_type = 'scan')
    )
)
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Readings of logistics codes, each event once, with the reference data valid at its time';
