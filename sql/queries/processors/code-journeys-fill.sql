-- Fills the emptied mart: with a stretch of all codes, but for those noted, or with a part of those noted.
-- clickhouse-client --param_version=1 --param_noted_by=0 --param_after='' --param_until='~'
INSERT INTO raw_mart_code_journeys
SELECT *, 2 * {version: UInt64} + 1 AS version, 0 AS is_deleted
FROM raw_code_journeys_of(known_at = '2299-12-31', noted_by = {noted_by: UInt64}, after = {after: String}, until = {until: String})
