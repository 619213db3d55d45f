-- Computes the codes that new deliveries touch anew, from all their scans, and replaces them.
INSERT INTO raw_mart_code_journeys
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
    dirty AS
    (
        SELECT DISTINCT code
        FROM raw_scans
        WHERE (_topic, _partition, _offset) IN (SELECT topic, partition, offset FROM deliveries)
    )
SELECT *, 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM mart_code_journeys_as_known(known_at = '2299-12-31')
WHERE code IN (SELECT code FROM dirty)
-- Every row that was there ends; of those that are there again the higher version holds.
UNION ALL
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} AS version, 1 AS is_deleted
FROM raw_mart_code_journeys FINAL
WHERE code IN (SELECT code FROM dirty)
