-- Fills the emptied mart with all that is known, one of so many parts.
-- clickhouse-client --param_version=1 --param_parts=1 --param_part=0
INSERT INTO raw_mart_code_journeys
SELECT *, 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM raw_code_journeys_of(known_at = '2299-12-31', noted_by = 0)
WHERE cityHash64(code) % {parts: UInt32} = {part: UInt32}
