-- Notes the codes that new scans touch: those scanned, those packed in them where they were
-- shipped or packed (a case's shipment is its units' too), and those they
-- are packed in.
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
    fresh AS
    (
        SELECT code AS sent_code, max(biz_step = 'shipping' OR ifNull(parent_code, '') != '') AS moves
        FROM raw_scans
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
        GROUP BY sent_code
    ),
    -- Codes are noted by their items, whatever the spelling.
    scanned AS (SELECT core_item_key(sent_code) AS code, max(moves) AS moves_contents FROM fresh GROUP BY code),
    -- A case counts the units in it, so whatever ever was said to be in it makes it dirty too.
    containers AS
    (
        SELECT DISTINCT core_item_key(assumeNotNull(parent_code)) AS container
        FROM raw_scans_by_key
        WHERE ifNull(parent_code, '') != '' AND code IN
        (
            SELECT sent_code FROM fresh
            UNION ALL SELECT arrayJoin(spellings) FROM raw_mart_code_journeys AS known WHERE known.code IN (SELECT code FROM scanned)
        )
    ),
    containers_twice AS
    (
        SELECT DISTINCT core_item_key(assumeNotNull(parent_code)) AS container
        FROM raw_scans_by_key
        WHERE ifNull(parent_code, '') != '' AND code IN
        (
            SELECT container FROM containers
            UNION ALL SELECT arrayJoin(spellings) FROM raw_mart_code_journeys AS known WHERE known.code IN (SELECT container FROM containers)
        )
    ),
    -- Contents by their last container, and by those that they were in before.
    packed AS
    (
        SELECT code FROM raw_mart_code_journeys WHERE parent_code != '' AND parent_code IN (SELECT code FROM scanned WHERE moves_contents)
        UNION ALL
        SELECT code FROM raw_mart_code_journeys ARRAY JOIN former_parents AS former
        WHERE notEmpty(former_parents) AND former IN (SELECT code FROM scanned WHERE moves_contents)
    ),
    packed_twice AS (SELECT code FROM raw_mart_code_journeys WHERE parent_code != '' AND parent_code IN (SELECT code FROM packed))
SELECT DISTINCT code, {version: UInt64} AS version
FROM
(
    SELECT code FROM scanned UNION ALL SELECT container AS code FROM containers
    UNION ALL SELECT container AS code FROM containers_twice
    -- The container of a code of which no lot was known may have said it now.
    UNION ALL SELECT code FROM raw_mart_diversion_signals WHERE lot = '' AND parent_code != '' AND parent_code IN (SELECT code FROM scanned)
    UNION ALL SELECT code FROM packed UNION ALL SELECT code FROM packed_twice
)
