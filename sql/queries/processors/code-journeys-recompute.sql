-- Computes the codes that this run has noted anew, from all scans of all their spellings, and replaces them.
-- clickhouse-client --param_version=1
INSERT INTO raw_mart_code_journeys
SELECT *, 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM raw_code_journeys_of(known_at = '2299-12-31', noted_by = {version: UInt64}, after = '', until = '')
-- Every row that was there ends; of those that are there again the higher version holds.
UNION ALL
SELECT * EXCEPT (version, is_deleted), 2 * {version: UInt64} AS version, 1 AS is_deleted
FROM raw_mart_code_journeys FINAL
WHERE code IN (SELECT core_item_key(noted.code) FROM raw_dirty_spellings AS noted WHERE noted.version = {version: UInt64})
