-- Notes the codes that new deliveries touch, and those by which their items were known until now.
INSERT INTO raw_dirty_spellings
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
        SELECT DISTINCT code
        FROM raw_scans
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    )
SELECT DISTINCT code, {version: UInt64} AS version
FROM
(
    SELECT code FROM fresh
    UNION ALL
    SELECT arrayJoin(spellings) AS code
    FROM raw_mart_code_journeys AS known
    WHERE known.code IN (SELECT core_item_key(fresh.code) FROM fresh)
)
