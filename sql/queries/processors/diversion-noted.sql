-- How many codes are noted, and the last of them.
-- clickhouse-client --param_version=1
SELECT count() AS codes, max(code) AS last
FROM raw_dirty_codes
WHERE version = {version: UInt64}
