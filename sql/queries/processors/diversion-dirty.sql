-- Notes the codes that new deliveries touch: those scanned, those packed in them (a case's shipment is its units' too), and those
-- shipped to a dealer or into a territory of which a new version came.
INSERT INTO raw_dirty_codes
WITH
    deliveries AS
    (
        SELECT range.1 AS topic, range.2 AS partition, arrayJoin(range(range.3, range.4)) AS offset
        FROM (SELECT arrayJoin(arrayZip({topics: Array(String)}, {partitions: Array(UInt32)}, {froms: Array(UInt64)}, {tos: Array(UInt64)})) AS range)
        UNION ALL
        SELECT _topic AS topic, _partition AS partition, _offset AS offset
        FROM raw_event_conflicts
        WHERE event_type = 'scan' AND found_at > {conflicts_since: DateTime64(3, 'UTC')}
    ),
    scanned AS
    (
        SELECT DISTINCT code
        FROM raw_scans
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    ),
    -- A case counts the units in it, so whatever ever was said to be in it makes it dirty too.
    containers AS
    (
        SELECT DISTINCT assumeNotNull(parent_code) AS container
        FROM raw_scans_by_key
        WHERE code IN (SELECT code FROM scanned) AND ifNull(parent_code, '') != ''
    ),
    packed AS (SELECT code FROM raw_mart_code_journeys WHERE parent_code != '' AND parent_code IN (SELECT code FROM scanned)),
    packed_twice AS (SELECT code FROM raw_mart_code_journeys WHERE parent_code != '' AND parent_code IN (SELECT code FROM packed)),
    changed_dealers AS
    (
        SELECT dealer_id FROM raw_dealers WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        UNION ALL
        SELECT dealer_id FROM core_dealers WHERE territory_id IN
            (SELECT territory_id FROM raw_territories WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries))
    ),
    shipped_to_changed AS
    (
        SELECT code FROM raw_mart_code_journeys WHERE hasAny(shipped_to, (SELECT groupArray(dealer_id) FROM changed_dealers))
    ),
    shipped_packed AS (SELECT code FROM raw_mart_code_journeys WHERE parent_code != '' AND parent_code IN (SELECT code FROM shipped_to_changed))
SELECT DISTINCT code, {version: UInt64} AS version
FROM
(
    SELECT code FROM scanned UNION ALL SELECT container AS code FROM containers UNION ALL SELECT code FROM packed UNION ALL SELECT code FROM packed_twice
    UNION ALL SELECT code FROM shipped_to_changed UNION ALL SELECT code FROM shipped_packed
    UNION ALL SELECT code FROM raw_mart_code_journeys WHERE parent_code != '' AND parent_code IN (SELECT code FROM shipped_packed)
    -- Prices and pack sizes of what was found, and the place of a dealer that scans without a position.
    UNION ALL SELECT code FROM raw_mart_diversion_signals WHERE sku_id IN
        (SELECT sku_id FROM raw_products WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries))
    UNION ALL SELECT code FROM raw_scans WHERE lat IS NULL AND dealer_id IN (SELECT dealer_id FROM changed_dealers)
)
